import { isIP } from "node:net";
import { isInstanceId, type News, readRevision } from "./cluster-message.js";

/** The first thing each side says; nothing else is listened to before. */
export interface Hello {
  readonly kind: "hello";
  readonly instanceId: string;
  readonly version: string;
  readonly commit: string;
  readonly cluster: string;
  /** Where the sender listens; 0 when it could not. */
  readonly port: number;
}

/** Why a connection is given up, so that both sides can say so. */
export const goodbyeReasons = ["other-cluster", "other-version", "self", "duplicate", "leaving", "too-many"] as const;
export type GoodbyeReason = (typeof goodbyeReasons)[number];

/** Another node that the sender is connected with, and where it listens. */
export interface KnownPeer {
  readonly instanceId: string;
  /** Empty: on the host of the sender. */
  readonly address: string;
  readonly port: number;
}

/** News with the number its sender gave it: what comes over two connections to one node is heard once. */
export interface NumberedNews extends News {
  readonly number: number;
}

/** What goes over a connection of the mesh. */
export type MeshMessage =
  | Hello
  | NumberedNews
  | { readonly kind: "goodbye"; readonly reason: GoodbyeReason }
  | { readonly kind: "peers"; readonly peers: readonly KnownPeer[] }
  | { readonly kind: "ping" }
  | { readonly kind: "pong" };

/** More would not fit into one frame. */
export const mostPeersInMessage = 25;
const LONGEST_TEXT = 128;

/** The content of the frame of a message. */
export function writeMeshMessage(message: MeshMessage): string {
  if (message.kind !== "hint" && message.kind !== "applied") return JSON.stringify(message);
  const { kind, number, revision } = message;
  return JSON.stringify({ kind, number, epoch: revision.epoch, position: revision.position });
}

/** Reads the content of a frame; undefined for everything that is not a message. Never throws. */
export function readMeshMessage(content: string): MeshMessage | undefined {
  const fields = readObject(content);
  switch (fields?.kind) {
    case "hello":
      return readHello(fields);
    case "hint":
    case "applied": {
      const { kind, number } = fields;
      const revision = readRevision(fields.epoch, fields.position);
      if (revision === undefined || typeof number !== "number" || !Number.isSafeInteger(number)) return undefined;
      return { kind, number, revision };
    }
    case "goodbye": {
      const reason = goodbyeReasons.find((known) => known === fields.reason);
      return reason === undefined ? undefined : { kind: "goodbye", reason };
    }
    case "peers":
      return readPeers(fields.peers);
    case "ping":
    case "pong":
      return { kind: fields.kind };
    default:
      return undefined;
  }
}

/** A JSON object from text of unknown origin, without a prototype; undefined when it is none. Never throws. */
export function readObject(text: string): Readonly<Record<string, unknown>> | undefined {
  try {
    return withoutPrototype(JSON.parse(text));
  } catch {
    return undefined;
  }
}

function withoutPrototype(value: unknown): Readonly<Record<string, unknown>> | undefined {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return undefined;
  return Object.assign(Object.create(null), value);
}

/** Whether a value of unknown origin is a port; `lowest` says whether 0 is one. */
export function isPort(value: unknown, lowest: 0 | 1): value is number {
  return typeof value === "number" && Number.isInteger(value) && value >= lowest && value <= 65_535;
}

function readHello(fields: Readonly<Record<string, unknown>>): Hello | undefined {
  const { instanceId, version, commit, cluster, port } = fields;
  if (!isInstanceId(instanceId) || !isPort(port, 0)) return undefined;
  if (!isShort(version) || !isShort(commit) || !isShort(cluster)) return undefined;
  return { kind: "hello", instanceId, version, commit, cluster, port };
}

function isShort(value: unknown): value is string {
  return typeof value === "string" && value.length <= LONGEST_TEXT;
}

function readPeers(value: unknown): MeshMessage | undefined {
  if (!Array.isArray(value) || value.length > mostPeersInMessage) return undefined;
  const peers: KnownPeer[] = [];
  for (const entry of value) {
    const { instanceId, address, port } = withoutPrototype(entry) ?? {};
    if (!isInstanceId(instanceId) || !isPort(port, 1) || typeof address !== "string") return undefined;
    if (address !== "" && isIP(address) === 0) return undefined;
    peers.push({ instanceId, address, port });
  }
  return { kind: "peers", peers };
}

/** Text of ours as it may stand in a hello. */
export function helloText(text: string): string {
  return text.slice(0, LONGEST_TEXT);
}
