/**
 * Artifacts as the files of an OCI image layout (OCI image specification 1.1, image-layout.md and
 * manifest.md). Equal artifacts give equal bytes. No maintained npm package was found that writes
 * layouts.
 */
import { type Digest, digestOf, hexOf } from '../../skills-index/skill/digest.ts';

/** The digest and size of a blob, as other blobs and the index name it. */
export interface Descriptor {
  readonly mediaType: string;
  readonly digest: Digest;
  readonly size: number;
  readonly artifactType?: string;
  readonly annotations?: Readonly<Record<string, string>>;
}

export interface ArtifactPart {
  readonly mediaType: string;
  readonly bytes: Uint8Array;
  /** The name under which oras writes the part into a folder. */
  readonly fileName?: string;
}

export interface Artifact {
  readonly artifactType: string;
  /** Absent for an artifact without a configuration. */
  readonly config?: ArtifactPart;
  readonly layer: ArtifactPart;
  readonly annotations: Readonly<Record<string, string>>;
}

/** An artifact as blobs. */
export interface LaidArtifact {
  readonly descriptor: Descriptor;
  readonly blobs: readonly Uint8Array[];
}

const manifestType = 'application/vnd.oci.image.manifest.v1+json';
/** The configuration of an artifact that has none. */
const noConfig: ArtifactPart = {
  mediaType: 'application/vnd.oci.empty.v1+json',
  bytes: Buffer.from('{}'),
};

/** @param subject the artifact that this one describes (a referrer) */
export function layArtifact(artifact: Artifact, subject?: Descriptor): LaidArtifact {
  const { artifactType, config = noConfig, layer, annotations } = artifact;
  const manifest = jsonBytes({
    schemaVersion: 2,
    mediaType: manifestType,
    artifactType,
    config: describe(config),
    layers: [describe(layer)],
    ...(subject === undefined ? {} : { subject }),
    annotations,
  });
  return {
    descriptor: { ...describe({ mediaType: manifestType, bytes: manifest }), artifactType },
    blobs: [manifest, config.bytes, layer.bytes],
  };
}

/**
 * The files of a layout, by their paths.
 * @param tag name of the first artifact; the others are its referrers
 */
export function layoutFiles(
  laid: readonly [LaidArtifact, ...LaidArtifact[]],
  tag: string,
): Map<string, Uint8Array> {
  const [{ descriptor }, ...others] = laid;
  const named = { ...descriptor, annotations: { 'org.opencontainers.image.ref.name': tag } };
  const index = {
    schemaVersion: 2,
    mediaType: 'application/vnd.oci.image.index.v1+json',
    manifests: [named, ...others.map((other) => other.descriptor)],
  };
  const blobs = laid.flatMap((one) => one.blobs);
  return new Map([
    ...blobs.map((bytes) => [`blobs/sha256/${hexOf(digestOf(bytes))}`, bytes] as const),
    ['index.json', jsonBytes(index)],
    ['oci-layout', jsonBytes({ imageLayoutVersion: '1.0.0' })],
  ]);
}

/** A version as a tag, which may have no plus sign (OCI distribution specification 1.1). */
export function tagOf(version: string): string {
  return version.replace('+', '_');
}

function describe({ mediaType, bytes, fileName }: ArtifactPart): Descriptor {
  const described = { mediaType, digest: digestOf(bytes), size: bytes.byteLength };
  if (fileName === undefined) return described;
  return { ...described, annotations: { 'org.opencontainers.image.title': fileName } };
}

export function jsonBytes(value: unknown): Uint8Array {
  return Buffer.from(JSON.stringify(value));
}
