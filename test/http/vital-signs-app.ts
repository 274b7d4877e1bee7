import { readdirSync, readFileSync } from "node:fs";
import type { FastifyInstance, LightMyRequestResponse } from "fastify";
import { compileMapper } from "../../src/engine/mapper.js";
import { testApp } from "./test-app.js";

const root = new URL("../../", import.meta.url);

/** A file of the project. */
export const text = (path: string): string => readFileSync(new URL(path, root), "utf8");

/** The composition and the Bundle of the examples. */
export const composition = text("test/examples/vital-signs/composition.json");
export const bundle = text("test/examples/vital-signs/bundle.json");

export interface VitalSignsApp {
  readonly app: FastifyInstance;
  readonly send: (
    method: "POST" | "PUT",
    url: string,
    type: string,
    payload: string,
  ) => Promise<LightMyRequestResponse>;
}

/** The app with the template and the mappings that ship with the product, really compiled. */
export async function vitalSignsApp(): Promise<VitalSignsApp> {
  const { app } = await testApp({ compile: (source) => compileMapper(source) });
  const send: VitalSignsApp["send"] = (method, url, type, payload) =>
    app.inject({ method, url, headers: { "content-type": type }, payload });
  await send("POST", "/opt", "application/xml", text("templates/vital_signs.opt"));
  const files = readdirSync(new URL("mappings/vital_signs", root)).sort().reverse();
  for (const file of files) {
    const kind = file.includes(".context.") ? "context" : "model";
    await send("POST", `/fc/${kind}`, "application/x-yaml", text(`mappings/vital_signs/${file}`));
  }
  return { app, send };
}
