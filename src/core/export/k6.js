// Sends each request of requests.jsonl once, also when several machines share the work. Made by hooks {{VERSION}}.
//
//   k6 run {{ENV}}script.js
//
// HOOKS_VUS says how many are under way at once. What is not delivered is told with its line; nothing is kept of it and
// nothing is sent again.
import { check } from 'k6';
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

export const options = {
  scenarios: {
    deliver: {
      executor: 'shared-iterations',
      iterations: requests.length,
      vus: Math.min(Number(__ENV.HOOKS_VUS || target.places), requests.length),
      maxDuration: '24h',
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

export default function () {
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
