// Sends each request of requests.jsonl once, also when several machines share the work. Made by hooks {{VERSION}}.
//
//   k6 run {{ENV}}script.js
//
// HOOKS_VUS says how many are under way at once, HOOKS_RATE how many may begin in a second. What is not delivered is told with its line; nothing is kept of it and
// nothing is sent again.
import { check, sleep } from 'k6';
import { SharedArray } from 'k6/data';
import exec from 'k6/execution';
import http from 'k6/http';

const target = {{TARGET}};

for (const name of target.env) {
  if (__ENV[name] === undefined) {
    throw new Error(`${name} is missing: give it with -e ${name}=…`);
  }
}

const requests = new SharedArray('requests', () =>
  open('./requests.jsonl')
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line)),
);

const vus = Math.min(Number(__ENV.HOOKS_VUS || target.places), requests.length);
// The most that begin in a second on all machines together; 0 without a limit.
const rate = Number(__ENV.HOOKS_RATE || target.rate || 0);

export const options = {
  scenarios: {
    deliver: {
      executor: 'shared-iterations',
      iterations: requests.length,
      vus,
      maxDuration: `${24 * 3600 + (rate > 0 ? Math.ceil(requests.length / rate) : 0)}s`,
      gracefulStop: '2m',
    },
  },
  thresholds: { checks: ['rate==1'] },
  discardResponseBodies: true,
};

const asItIs = (text) => text;
const insideJson = (text) => JSON.stringify(text).slice(1, -1);

function joined(pieces, escaped) {
  return pieces.map((piece) => (typeof piece === 'string' ? piece : escaped(__ENV[piece.env]))).join('');
}

// When this virtual user may begin its next, in milliseconds. The executors with a rate of their own would leave out
// requests when all are busy; so all share the rate, and take turns.
let turn = null;

function waitForTurn() {
  if (turn === null) {
    turn = exec.scenario.startTime + ((exec.vu.idInTest - 1) * 1000) / rate;
  }
  const now = Date.now();
  if (turn > now) {
    sleep((turn - now) / 1000);
  }
  turn = Math.max(turn, now) + (vus * 1000) / rate;
}

export default function () {
  if (rate > 0) {
    waitForTurn();
  }
  const request = requests[exec.scenario.iterationInTest];
  const headers = {};
  for (const [name, pieces] of target.headers.concat(request.headers)) {
    const value = joined(pieces, asItIs);
    headers[name] = name in headers ? `${headers[name]}, ${value}` : value;
  }
  const response = http.request(target.method, joined(target.url, asItIs), joined(request.body, insideJson), {
    headers,
    redirects: 0,
    timeout: target.timeout,
    tags: { name: 'deliver' },
  });
  if (!check(response, { 'status is 2xx': (answer) => answer.status >= 200 && answer.status < 300 })) {
    console.error(`line ${request.line}: ${response.error || response.status}`);
  }
}
