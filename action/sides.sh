#!/usr/bin/env bash
# Builds base, in a checkout of its own, and head, in the workspace, one as the
# other; counts instructions in both where it is told how.
#
# Environment: BUILD, PROGRAM, BASE_REF, INSTRUCTIONS, BASE, HEAD (inputs of
# action.yml), PULL_BASE: the commit that a pull request says it is based on.
set -euo pipefail
cd "$GITHUB_WORKSPACE"
place=$RUNNER_TEMP/tollgate

refuse() {
  echo "::error::$1"
  exit 2
}

if [ -n "$BASE" ] && [ -n "$HEAD" ]; then
  [ -z "$BUILD" ] || refuse "give base and head, or build, and not both"
  [ -z "$INSTRUCTIONS" ] || refuse "instructions are counted of what build makes, and not beside base and head"
  exit 0
fi
[ -z "$BASE$HEAD" ] || refuse "base and head are given together, or neither"
[ -n "$BUILD" ] || refuse "give build, the command that builds the gateway, or base and head"

ref=$BASE_REF
if [ -z "$ref" ]; then
  # A pull request's merge commit has its base for its first parent; what the
  # event says may be older, and head would answer for what others did since.
  if [ -n "$PULL_BASE" ] && ! git rev-parse --verify --quiet 'HEAD^2' >/dev/null; then
    ref=$(git merge-base HEAD "$PULL_BASE" || echo "$PULL_BASE")
  else
    ref=HEAD^
  fi
fi
commit=$(git rev-parse --verify --quiet "$ref^{commit}" || git rev-parse --verify --quiet "origin/$ref^{commit}") ||
  refuse "there is no commit $ref here; check out with fetch-depth: 0"

mkdir -p "$place/bin"
rm -rf "$place/base" "$place/bin/"{base,head}-*
rm -f "$place/"{base,head}-instructions.txt
git worktree prune
git worktree add --quiet --detach "$place/base" "$commit"

# One side: its checkout, its name.
build() {
  cd "$1"
  echo "::group::building $2 ($(git rev-parse --short HEAD))"
  bash -euo pipefail -c "$BUILD"
  echo "::endgroup::"
  [ -x "$PROGRAM" ] || refuse "build made no program $PROGRAM in $2"
  cp "$PROGRAM" "$place/bin/$2-$(git rev-parse --short HEAD)"
  if [ -n "$INSTRUCTIONS" ]; then
    counts=$place/$2-instructions.txt
    bash -euo pipefail -c "$INSTRUCTIONS" >"$counts" || {
      rm -f "$counts"
      [ "$2" = base ] || refuse "the command that counts instructions failed in head"
      echo "::warning::base counts no instructions, so they are not compared"
    }
  fi
}
(build "$place/base" base)
(build "$GITHUB_WORKSPACE" head)
