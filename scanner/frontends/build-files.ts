/**
 * Files of build tools with a language of their own. Nothing follows what they run, and there is
 * little that cannot make them run a program, so each counts as not analysed and a person reads it.
 */
import type { TaintSource } from '../fact/source.ts';
import type { FrontEndResult } from '../programs/frontend.ts';

// Makefiles are followed (`settings/makefile.ts`); setup.py, gulpfile.js and the like are programs.
const buildFiles: readonly RegExp[] = [
  /(^|\/)(?:CMakeLists[^/]*\.txt|CMake(?:User)?Presets\.json)$|\.cmake(?:\.in)?$/i,
  /\.(?:gradle|gradle\.kts|sbt|sln|slnx|ninja|gypi?|pr[iof]|am|m4|tf|tf\.json|hcl|nix|bzl|bazel|nimble|cabal|rockspec|podspec|cake|mill|opam|rsp)$/i,
  /(^|\/)(?:build\.(?:xml|sc|zig|boot)|meson\.build|configure\.(?:ac|in)|makefile\.(?:in|pl)|build\.pl|dune|premake\d?\.lua|xmake\.lua|project\.clj|mix\.exs|package\.swift|setup\.hs)$/i,
  /(^|\/)(?:BUILD|BUCK|WORKSPACE|\.bazelrc|Earthfile|Tiltfile|Jenkinsfile|Vagrantfile|wscript|SConscript|SConstruct|(?:gradle|maven)-wrapper\.properties|init\.gradle\.kts|nuget\.config|rebar\.config|gradle\.properties)$/i,
  /(^|\/)\.(?:mvn|gradle)\//i,
];
// XML of Ant, Maven and MSBuild has names of any kind, but one of these elements.
const xmlFile = /\.(?:xml|pom|ant|\w{0,20}proj(?:\.user)?|props|targets)$/i;
const xmlBuild = /<(?:[^\s<>:/]*:)?(?:project|antlib)\b/i;

/** The build file as not analysed; nothing for other files. */
export function buildFile({ depth, path, text }: TaintSource): Pick<FrontEndResult, 'unanalysed'> {
  if (
    depth > 0 ||
    !(buildFiles.some((one) => one.test(path)) || (xmlFile.test(path) && xmlBuild.test(text)))
  )
    return { unanalysed: [] };
  const span = { path, start: 0, end: text.search(/\n|$/) };
  return { unanalysed: [{ span, reason: 'a build file, which may run programs' }] };
}
