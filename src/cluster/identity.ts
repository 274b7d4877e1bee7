import { randomBytes, scrypt } from "node:crypto";
import type { StoredClusterIdentity } from "../store/cluster-identity.js";
import type { ClusterIdentity } from "./channel.js";

/** What an operator may say instead of what the database has. */
export interface IdentitySettings {
  /** CLUSTER_NAME */
  readonly name?: string;
  /** CLUSTER_SECRET, at least 16 characters. */
  readonly secret?: string;
}

/** A new instance id: 32 hex digits. */
export function newInstanceId(): string {
  return randomBytes(16).toString("hex");
}

/**
 * The name and the secret of the cluster: the settings where they say something, else what the database has (design,
 * Cluster: No set-up). A given secret is stretched with scrypt, with the name as salt, because people choose it.
 */
export async function clusterIdentity(
  stored: StoredClusterIdentity,
  settings: IdentitySettings,
): Promise<ClusterIdentity> {
  const name = settings.name ?? stored.name;
  return { name, secret: settings.secret === undefined ? stored.secret : await stretch(settings.secret, name) };
}

/** 16 MB and some 50 ms for each guess. */
const SCRYPT = { N: 16_384, r: 8, p: 1 } as const;

function stretch(secret: string, name: string): Promise<Uint8Array> {
  return new Promise((resolve, reject) => {
    scrypt(secret, `causeway cluster ${name}`, 32, SCRYPT, (error, key) => {
      if (error === null) resolve(new Uint8Array(key));
      else reject(error);
    });
  });
}
