import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { VARIABLES } from "../../src/config-names.js";
import { composeFaults } from "./compose-schema.js";
import { composeFiles, projectText, projectYaml } from "./project-files.js";

interface Service {
  readonly image?: string;
  readonly container_name?: string;
  readonly ports?: readonly string[];
  readonly expose?: readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
  readonly volumes?: readonly string[];
  readonly depends_on?: Readonly<Record<string, { readonly condition: string }>>;
  readonly read_only?: boolean;
  readonly stop_grace_period?: string;
}

interface ComposeFile {
  readonly services: Readonly<Record<string, Service>>;
  readonly volumes?: Readonly<Record<string, unknown>>;
}

const files = composeFiles().map((path) => ({ path, file: projectYaml(path) as ComposeFile }));
const main = projectYaml("docker-compose.yml") as ComposeFile;
const services = files.flatMap(({ path, file }) =>
  Object.entries(file.services).map(([name, service]) => ({ path, name, service })),
);
const applications = services.filter(({ name }) => name === "app");

describe("the compose files", () => {
  it.each(files)("$path follows the schema of the Compose Specification", ({ file }) => {
    expect(composeFaults(file)).toEqual([]);
  });

  it("are checked by a schema that refuses keys it does not know", () => {
    expect(composeFaults({ services: { app: { image: "causeway", conatiner_name: "app" } } })).not.toEqual([]);
  });

  it("give the application neither a container name nor a port of the machine, so that it can be scaled", () => {
    expect(applications.map(({ service }) => [service.container_name, service.ports])).toEqual(
      applications.map(() => [undefined, undefined]),
    );
  });

  it("set only variables of the application that have an effect", () => {
    const names = applications.flatMap(({ service }) => Object.keys(service.environment ?? {}));
    expect(names.filter((name) => !Object.hasOwn(VARIABLES, name))).toEqual([]);
  });

  it("mount only files that ship, and volumes that they declare", () => {
    const declared = files.flatMap(({ file }) => Object.keys(file.volumes ?? {}));
    const sources = services.flatMap(({ service }) =>
      (service.volumes ?? []).map((volume) => volume.split(":")[0] ?? ""),
    );
    const missing = sources.filter((source) =>
      source.startsWith("./")
        ? !existsSync(fileURLToPath(new URL(`../../${source}`, import.meta.url)))
        : !declared.includes(source),
    );
    expect(missing).toEqual([]);
  });

  it("wait only for services that exist, and never for Redis", () => {
    for (const { path, name, service } of services) {
      const known = { ...main.services, ...(projectYaml(path) as ComposeFile).services };
      for (const other of Object.keys(service.depends_on ?? {})) {
        expect(Object.keys(known), `${name} in ${path}`).toContain(other);
        expect(other).not.toBe("redis");
      }
    }
  });

  it("reach each other by the names and ports that the services have", () => {
    const ports = new Map([
      ["postgres", "5432"],
      ["postgres-replica", "5432"],
      ["redis", "6379"],
      ["pgbouncer", /^listen_port = (\d+)$/m.exec(projectText("k8s/pgbouncer/pgbouncer.ini"))?.[1] ?? ""],
    ]);
    for (const { path, service } of applications) {
      const known = { ...main.services, ...(projectYaml(path) as ComposeFile).services };
      for (const [variable, value] of Object.entries(service.environment ?? {}).filter(([name]) =>
        name.endsWith("_URL"),
      )) {
        const [, host = "", port] = /^[a-z]+:\/\/(?:.*@)?([a-z-]+):(\d+)/.exec(value) ?? [];
        expect(Object.keys(known), `${variable} in ${path}`).toContain(host);
        expect(port, `${variable} in ${path}`).toBe(ports.get(host));
      }
    }
  });

  it("let a node finish before it is killed", () => {
    const grace = Number.parseInt(main.services.app?.stop_grace_period ?? "0", 10);
    // DRAIN_MS in a container, then three rounds of five seconds (src/main.ts).
    expect(grace * 1000).toBeGreaterThan(5_000 + 15_000);
  });

  it("have an entry that names the application as the compose file does, and resolves it again", () => {
    const entry = projectText("docker/nginx.conf");
    const [, host = "", port = ""] = /set \$node http:\/\/([a-z]+):(\d+);/.exec(entry) ?? [];
    expect(main.services[host]?.expose).toContain(port);
    expect(entry).toMatch(/^\s*resolver 127\.0\.0\.11 valid=\ds/m);
    expect(new Set([...entry.matchAll(/^\s*proxy_pass (.*);$/gm)].map(([, to]) => to))).toEqual(new Set(["$node"]));
    expect(main.services.nginx?.ports).toEqual([`\${CAUSEWAY_PORT:-8080}:${/listen (\d+);/.exec(entry)?.[1]}`]);
  });
});
