/**
 * A skill as an OCI artifact, with the media types that other programs use for skills
 * (agentskills/agentskills#290): one layer with the skill's folder, and a configuration that says
 * what SKILL.md says.
 */
import { gzipSync } from 'node:zlib';
import { tarFilesOf, writeTar } from '../../skills-index/skill/authoring/write-tar.ts';
import { shortNameOf } from '../../skills-index/skill/name.ts';
import type { ExportedSkill } from './exported-skill.ts';
import { type Artifact, jsonBytes } from './oci-layout.ts';

export function skillArtifact(skill: ExportedSkill): Artifact {
  const { admitted, verifiedAt } = skill;
  const { name, version, description, bundle, manifest } = admitted;
  const shortName = shortNameOf(name);
  const license = manifest.license === undefined ? {} : { license: manifest.license };
  const files = tarFilesOf(skill).map((file) => ({ ...file, path: `${shortName}/${file.path}` }));
  return {
    artifactType: 'application/vnd.agentskills.skill.v1',
    config: {
      mediaType: 'application/vnd.agentskills.skill.config.v1+json',
      bytes: jsonBytes({ schemaVersion: '1', name: shortName, version, description, ...license }),
    },
    layer: {
      mediaType: 'application/vnd.agentskills.skill.content.v1.tar+gzip',
      bytes: gzipSync(writeTar(files)),
      fileName: `${shortName}.tar.gz`,
    },
    annotations: {
      'org.opencontainers.image.title': name,
      'org.opencontainers.image.version': version,
      'org.opencontainers.image.description': description,
      'org.opencontainers.image.created': verifiedAt,
      'io.agentskills.skill.name': shortName,
      'dev.skillgate.bundle': bundle,
    },
  };
}
