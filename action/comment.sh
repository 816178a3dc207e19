#!/usr/bin/env bash
# Posts the summary on the pull request, or updates the comment that is there.
# A token that may not write is no reason to fail.
#
# Environment: PULL_REQUEST, SUMMARY, NAME, GH_TOKEN.
set -euo pipefail

comments=repos/$GITHUB_REPOSITORY/issues/$PULL_REQUEST/comments
# Its first line, by which it is found again, tells which gate it is of.
marker="<!-- tollgate-gate: ${NAME//[^A-Za-z0-9._ -]/} -->"
mine=".[] | select(.body | startswith(\"$marker\")) | .id"
body=$SUMMARY.comment
{
  echo "$marker"
  tail -n +2 "$SUMMARY"
} >"$body"
unable() {
  echo "::warning::the verdict could not be posted as a comment (does the job have pull-requests: write?); it is in the job's summary"
  exit 0
}

ids=$(gh api --paginate "$comments?per_page=100" --jq "$mine") || unable
if [ -n "$ids" ]; then
  id=${ids%%$'\n'*}
  gh api --silent --method PATCH "repos/$GITHUB_REPOSITORY/issues/comments/$id" \
    --field "body=@$body" || unable
else
  gh api --silent --method POST "$comments" --field "body=@$body" || unable
fi
