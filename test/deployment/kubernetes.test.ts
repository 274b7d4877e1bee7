import { dirname, join, normalize } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { VARIABLES } from "../../src/config-names.js";
import { type TestApp, testApp } from "../http/test-app.js";
import { kubernetesFaults } from "./kubernetes-schema.js";
import {
  type KubernetesObject,
  kubernetesFiles,
  kubernetesObjects,
  projectText,
  projectYaml,
} from "./project-files.js";

interface Probe {
  readonly httpGet?: { readonly path: string; readonly port: string };
}

interface Container {
  readonly ports: readonly { readonly name: string; readonly containerPort: number }[];
  readonly env?: readonly { readonly name: string }[];
  readonly resources: { readonly limits: { readonly memory: string } };
  readonly securityContext: object;
  readonly startupProbe?: Probe;
  readonly readinessProbe: Probe;
  readonly livenessProbe?: Probe;
}

interface Workload extends KubernetesObject {
  readonly spec: {
    readonly selector: { readonly matchLabels: Readonly<Record<string, string>> };
    readonly strategy?: object;
    readonly template: {
      readonly metadata: { readonly labels: Readonly<Record<string, string>> };
      readonly spec: {
        readonly automountServiceAccountToken: boolean;
        readonly enableServiceLinks: boolean;
        readonly terminationGracePeriodSeconds: number;
        readonly securityContext: object;
        readonly containers: readonly [Container];
      };
    };
  };
}

interface Service extends KubernetesObject {
  readonly spec: {
    readonly clusterIP?: string;
    readonly publishNotReadyAddresses?: boolean;
    readonly selector: Readonly<Record<string, string>>;
    readonly ports: readonly { readonly port: number; readonly targetPort: string }[];
  };
}

const objects = kubernetesObjects();
/** The patch of a secret is half an object. */
const whole = objects.filter(({ file }) => !file.endsWith("database-url.yaml"));
const workloads = objects.filter(
  ({ kind }) => kind === "Deployment" || kind === "StatefulSet",
) as unknown as readonly Workload[];
const services = objects.filter(({ kind }) => kind === "Service") as unknown as readonly Service[];

function find<T>(kind: string, name: string): KubernetesObject & T {
  const found = whole.find((object) => object.kind === kind && object.metadata.name === name);
  if (found === undefined) throw new Error(`there is no ${kind} ${name}`);
  return found as KubernetesObject & T;
}

const nodes = find<Workload>("Deployment", "causeway").spec.template;
const container = nodes.spec.containers[0];
const configuration = find<{ readonly data: Readonly<Record<string, string>> }>("ConfigMap", "causeway").data;

describe("the Kubernetes manifests", () => {
  it.each(objects)("$kind $metadata.name in $file follows the schema of Kubernetes", (object) => {
    const { file, ...manifest } = object;
    expect(kubernetesFaults(manifest), file).toEqual([]);
  });

  it("are checked by schemas that refuse fields they do not know, and values that do not fit", () => {
    const { file, ...service } = find<object>("Service", "causeway");
    expect(kubernetesFaults({ ...service, spec: { selectro: {}, ports: [] } } as never)).toEqual([
      "/spec/selectro is not a field of the schema",
    ]);
    expect(kubernetesFaults({ ...service, spec: { ports: [{ port: "http" }] } } as never)).not.toEqual([]);
    expect(file).toBe("k8s/base/service.yaml");
  });

  it("are all listed in the kustomizations", () => {
    const kustomizations = kubernetesFiles().filter((path) => path.endsWith("kustomization.yaml"));
    const listed = kustomizations.flatMap((path) => {
      const file = projectYaml(path) as Readonly<Record<"resources" | "components", readonly string[] | undefined>> & {
        readonly patches?: readonly { readonly path: string }[];
        readonly configMapGenerator?: readonly { readonly files: readonly string[] }[];
      };
      const names = [
        ...(file.resources ?? []),
        ...(file.components ?? []),
        ...(file.patches ?? []).map((patch) => patch.path),
        ...(file.configMapGenerator ?? []).flatMap(({ files }) => files),
      ];
      return names.map((name) => normalize(join(dirname(path), name)));
    });
    const files = listed.map((path) => (/\.[a-z]+$/.test(path) ? path : join(path, "kustomization.yaml")));
    const roots = ["k8s/kustomization.yaml", "k8s/trial/kustomization.yaml"];
    expect([...new Set([...files, ...roots])].sort()).toEqual(
      [...kubernetesFiles(), "k8s/pgbouncer/pgbouncer.ini"].sort(),
    );
  });

  it.each(workloads)("$kind $metadata.name selects its own pods", ({ spec }) => {
    expect(spec.template.metadata.labels).toMatchObject(spec.selector.matchLabels);
  });

  it.each(services)("Service $metadata.name finds pods, and a port of theirs", ({ spec }) => {
    const found = workloads.filter(({ spec: { template } }) =>
      Object.entries(spec.selector).every(([label, value]) => template.metadata.labels[label] === value),
    );
    expect(found).toHaveLength(1);
    const names = found[0]?.spec.template.spec.containers[0].ports.map(({ name }) => name);
    for (const { targetPort } of spec.ports) expect(names).toContain(targetPort);
  });

  it.each(workloads)("$kind $metadata.name runs without rights", ({ spec: { template } }) => {
    expect(template.spec).toMatchObject({
      automountServiceAccountToken: false,
      enableServiceLinks: false,
      securityContext: {
        runAsNonRoot: true,
        runAsUser: expect.any(Number),
        seccompProfile: { type: "RuntimeDefault" },
      },
    });
    expect(template.spec.containers[0].securityContext).toEqual({
      allowPrivilegeEscalation: false,
      readOnlyRootFilesystem: true,
      capabilities: { drop: ["ALL"] },
    });
  });

  it("ask for no right on the API", () => {
    const rights = /^(?:Role|ClusterRole|RoleBinding|ClusterRoleBinding|ServiceAccount)$/;
    expect(objects.filter(({ kind }) => rights.test(kind))).toEqual([]);
  });

  it("replace nodes only after a new one is ready", () => {
    expect(find<Workload>("Deployment", "causeway").spec.strategy).toMatchObject({
      type: "RollingUpdate",
      rollingUpdate: { maxUnavailable: 0 },
    });
  });

  it("let a node finish before it is killed", () => {
    const needed = Number(configuration.DRAIN_MS) + 15_000;
    expect(nodes.spec.terminationGracePeriodSeconds * 1000).toBeGreaterThan(needed);
  });

  it("set only variables that have an effect", () => {
    const secret = find<{ readonly stringData: object }>("Secret", "causeway-database");
    const patch = objects.filter(({ file }) => file.endsWith("database-url.yaml")) as unknown as (typeof secret)[];
    const names = [
      ...Object.keys(configuration),
      ...[secret, ...patch].flatMap(({ stringData }) => Object.keys(stringData)),
      ...(container.env ?? []).map(({ name }) => name).filter((name) => name !== "NODE_OPTIONS"),
    ];
    expect(names.filter((name) => !Object.hasOwn(VARIABLES, name))).toEqual([]);
  });

  it("find the nodes through the headless Service, which also lists those that are not ready", () => {
    const headless = find<Service>("Service", "causeway-cluster");
    expect(headless.spec).toMatchObject({ clusterIP: "None", publishNotReadyAddresses: true });
    const namespace = (projectYaml("k8s/base/kustomization.yaml") as { readonly namespace: string }).namespace;
    expect(configuration.CLUSTER_DNS_QUERY).toBe(`${headless.metadata.name}.${namespace}.svc.cluster.local`);
    expect(container.ports).toContainEqual({ name: "cluster", containerPort: Number(configuration.CLUSTER_PORT) });
    expect(headless.spec.ports[0]?.port).toBe(Number(configuration.CLUSTER_PORT));
  });

  it("open the cluster port between the nodes, with those it moves on to, and to nobody else", () => {
    const policy = find<{
      readonly spec: {
        readonly podSelector: { readonly matchLabels: object };
        readonly ingress: readonly { readonly from?: unknown; readonly ports: readonly object[] }[];
      };
    }>("NetworkPolicy", "causeway").spec;
    const port = Number(configuration.CLUSTER_PORT);
    const [everybody, nodesOnly] = policy.ingress;
    expect(everybody).toEqual({ ports: [{ protocol: "TCP", port: 8080 }] });
    expect(nodesOnly?.from).toEqual([{ podSelector: { matchLabels: policy.podSelector.matchLabels } }]);
    expect(nodesOnly?.ports).toContainEqual({ protocol: "TCP", port, endPort: port + 19 });
    expect(nodes.metadata.labels).toMatchObject(policy.podSelector.matchLabels);
  });

  it("reach the trial database and the pooler where they are", () => {
    const urls = objects
      .filter(({ file }) => file.endsWith("database-url.yaml"))
      .flatMap((object) => Object.values((object as unknown as { stringData: Record<string, string> }).stringData));
    const places = urls.map((url) => /@([a-z]+):(\d+)\//.exec(url)?.slice(1));
    expect(places).toEqual([
      ["pgbouncer", "6432"],
      ["postgres", "5432"],
    ]);
    for (const [name = "", port] of places.map((place) => place ?? [])) {
      expect(find<Service>("Service", name).spec.ports[0]?.port).toBe(Number(port));
    }
    const pooler = projectText("k8s/pgbouncer/pgbouncer.ini");
    expect(pooler).toMatch(/^causeway = host=postgres port=5432 dbname=causeway$/m);
    expect(pooler).toMatch(/^listen_port = 6432$/m);
  });
});

describe("the alert rules", () => {
  const alerts = projectText("k8s/alerts.yaml");

  it("use only metrics that the operations guide describes", () => {
    const guide = projectText("docs/operations.md");
    const named = [...alerts.matchAll(/^\s+expr: (.*)$/gm)].flatMap(([, expression = ""]) => [
      ...expression.matchAll(/\b(?:causeway|process|nodejs)_[a-z_]+/g),
    ]);
    expect(named.length).toBeGreaterThan(0);
    for (const [metric] of named) {
      if (metric.startsWith("causeway_")) expect(guide).toContain(`| \`${metric}\` |`);
      else expect(guide).toContain(metric.split("_")[0]);
    }
  });

  it("warn of memory at 85 % of what the Deployment allows", () => {
    const [, limit] = /0\.85 \* (\d+)\)/.exec(alerts) ?? [];
    expect(container.resources.limits.memory).toBe(`${Number(limit) / 1024 ** 3}Gi`);
  });
});

describe("the probes of the nodes", () => {
  let running: TestApp;
  beforeAll(async () => {
    running = await testApp({ state: () => "STARTING" });
  });
  afterAll(() => running.app.close());
  const status = async (path = ""): Promise<number> => (await running.app.inject({ url: path })).statusCode;

  it("call a node that starts not ready, but do not kill it", async () => {
    expect(await status(container.readinessProbe.httpGet?.path)).toBe(503);
    expect(await status(container.startupProbe?.httpGet?.path)).toBe(503);
    expect(await status(container.livenessProbe?.httpGet?.path)).toBe(200);
  });

  it("ask at the port of the container", () => {
    for (const probe of [container.startupProbe, container.readinessProbe, container.livenessProbe]) {
      expect(container.ports.map(({ name }) => name)).toContain(probe?.httpGet?.port);
    }
  });
});
