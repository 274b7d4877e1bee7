import type { FastifyPluginAsyncZodOpenApi } from "fastify-zod-openapi";
import * as z from "zod/v4";
import { channelKinds } from "../cluster/channel.js";
import type { HttpParts } from "./app-parts.js";

const RevisionBody = z.object({ epoch: z.string(), position: z.number().int() });
const whole = z.number().int();

const ClusterBody = z
  .object({
    node: z.object({ instanceId: z.string(), version: z.string(), commit: z.string() }),
    cluster: z.string().meta({ description: "Name of the cluster." }),
    applied: RevisionBody.meta({ description: "Up to where this node has applied the log of writes." }),
    head: RevisionBody.meta({ description: "Up to where the log went when this node last looked." }),
    lastSyncAgeMilliseconds: z.number().nullable(),
    freshness: z.enum(["fresh", "cut-off"]),
    stalePolicy: z.enum(["serve", "refuse"]),
    channel: z.object({
      kind: z.enum(channelKinds),
      connected: z.boolean(),
      peers: z.array(z.string()),
      sent: whole,
      received: whole,
      refused: whole,
      reconnects: whole,
      lag: whole.meta({ description: "Writes that the channel has told of and this node has not applied." }),
      lastError: z.string().optional(),
    }),
    members: z.array(
      z.object({
        instanceId: z.string(),
        version: z.string(),
        commit: z.string(),
        applied: RevisionBody,
        lag: whole.meta({ description: "How many writes it is behind the head." }),
        lastSeenMilliseconds: whole,
        self: z.boolean(),
      }),
    ),
    duties: z.array(
      z.object({
        duty: z.string(),
        holder: z.string().optional(),
        fencingToken: whole,
        expiresInMilliseconds: whole,
      }),
    ),
    fullDrops: whole.meta({ description: "How often all caches were dropped." }),
  })
  .meta({ id: "Cluster", description: "The cluster as this node sees it." });

/** `GET /cluster`: members, versions, positions, lag, duties and the channel, without asking anybody. */
export const clusterRoutes: FastifyPluginAsyncZodOpenApi<HttpParts> = async (app, { cluster }) => {
  app.route({
    method: "GET",
    url: "/cluster",
    schema: {
      tags: ["State"],
      summary: "The cluster as this node sees it",
      response: { 200: { description: "The state.", content: { "application/json": { schema: ClusterBody } } } },
    },
    handler: async () => {
      const { members, duties, channel, ...state } = cluster.state();
      const age = state.lastSyncAgeMilliseconds;
      return {
        ...state,
        lastSyncAgeMilliseconds: Number.isFinite(age) ? Math.round(age) : null,
        channel: { ...channel, peers: [...channel.peers] },
        members: [...members],
        duties: [...duties],
      };
    },
  });
};
