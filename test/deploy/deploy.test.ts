/** deploy/: what its files say, and that every command line in them starts a server that is ready. */
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, jest, test } from "@jest/globals";
import { readDockerfile } from "../../scripts/deploy/dockerfile.ts";
import { startOnsync } from "../../testing/network/onsync-process.ts";
import { type RedisServer, skipped, startRedis } from "../../testing/redis-server.ts";
import {
  type Deployment,
  deployments,
  folder,
  list,
  type Manifest,
  readCompose,
  readManifests,
  readUnit,
} from "./deployments.ts";

jest.setTimeout(60_000);
if (skipped !== null) process.stderr.write(`test/deploy/deploy.test.ts, in part, ${skipped}\n`);

const secrets: Record<string, string> = {
  ONSYNC_API_KEY: "onsync_pk_test_ci",
  ONSYNC_MCP_TOKEN: "the-token-of-the-mcp-server",
  ONSYNC_WEBHOOK_SECRETS: "the-secret-of-the-endpoint",
  ONSYNC_REDIS_PASSWORD: "a-password",
  ONSYNC_METRICS_TOKEN: "the-token-of-the-metrics",
};

const scratch = mkdtempSync(join(tmpdir(), "onsync-deploy-"));
afterAll(() => rmSync(scratch, { recursive: true }));

/** What a manifest leaves to whoever uses it, and what it has of a machine of its own. */
function fillIn(args: readonly string[], redis: string): string[] {
  return args
    .filter((arg, index) => arg !== "--port" && args[index - 1] !== "--port")
    .map((arg, index, all) => {
      if (/^rediss?:/.test(arg)) return redis;
      if (all[index - 1] === "--host") return "127.0.0.1";
      if (all[index - 1] === "--metrics-port") return "0";
      return arg.replace(/^\$\{ONSYNC_FORWARD_URL.*\}$/, "http://127.0.0.1:9/").replace(/^\/var\/lib\/[\w-]+/, scratch);
    });
}

/** Each secret in the way that the manifest gives it: a file, or a variable. */
function giveSecrets({ variables }: Deployment): Record<string, string> {
  const given = variables
    .filter((name) => name.startsWith("ONSYNC_"))
    .map((name) => {
      const value = secrets[name.replace(/_FILE$/, "")];
      if (value === undefined) throw new Error(`no secret for ${name}`);
      if (!name.endsWith("_FILE")) return [name, value];
      const file = join(scratch, name);
      writeFileSync(file, `${value}\n`, { mode: 0o600 });
      return [name, file];
    });
  return Object.fromEntries(given);
}

(skipped === null ? describe : describe.skip)("the command line of", () => {
  let redis: RedisServer;
  beforeAll(async () => {
    redis = await startRedis("--requirepass", "a-password", "--maxmemory-policy", "noeviction");
  });
  afterAll(() => redis.close());

  test.each(deployments.map((deployment) => [deployment.name, deployment] as const))(
    "%s starts a server that is ready",
    async (_name, deployment) => {
      const server = await startOnsync(fillIn(deployment.args, redis.url), giveSecrets(deployment));
      const readiness = await fetch(new URL("/readyz", server.ready.url));
      expect([readiness.status, await readiness.json()]).toEqual([200, { ready: true }]);
      const { metricsUrl } = server.ready;
      expect(metricsUrl !== undefined).toBe(deployment.args.includes("--metrics-port"));
      // Without the delay that it has before it stops.
      server.child.kill("SIGKILL");
      await once(server.child, "exit");
    },
  );
});

describe("every deployment", () => {
  test("is there: a receiver and an MCP server, by compose, systemd, Kubernetes and Cloud Run", () => {
    expect(deployments.map(({ name, args }) => [name, args[0]])).toEqual([
      ["compose.yaml: receiver", "listen"],
      ["compose.yaml: mcp", "mcp"],
      ["systemd/onsync-mcp.service", "mcp"],
      ["systemd/onsync-receiver.service", "listen"],
      ["kubernetes/mcp.yaml", "mcp"],
      ["kubernetes/receiver.yaml", "listen"],
      ["cloud-run/mcp.yaml", "mcp"],
      ["cloud-run/receiver.yaml", "listen"],
    ]);
  });

  test.each(deployments.map((deployment) => [deployment.name, deployment] as const))(
    "%s asks for a token, confirms sends on a ledger, and says --host where others are to reach it",
    (name, { args, variables }) => {
      const isMcp = args[0] === "mcp";
      expect(variables.some((variable) => /^ONSYNC_(MCP_TOKEN|WEBHOOK_SECRETS)(_FILE)?$/.test(variable))).toBe(true);
      expect(isMcp && !args.join(" ").includes("--send confirm --ledger ")).toBe(false);
      expect(args.includes("--host")).toBe(!name.startsWith("systemd"));
      expect(args.join(" ")).not.toMatch(/redis:\/\/[^ ]*@/);
    },
  );
});

test("the image is of two stages, has one file of ours, runs as nobody's root and asks for its health", () => {
  const steps = readDockerfile(readFileSync(join(folder, "Dockerfile"), "utf8"));
  const last = steps.slice(steps.findLastIndex(({ name }) => name === "FROM"));
  expect(steps.filter(({ name }) => name === "FROM")).toHaveLength(2);
  expect(last.filter(({ name }) => name === "COPY")).toEqual([
    { name: "COPY", value: "--from=build /out/onsync.mjs /usr/local/lib/onsync.mjs" },
  ]);
  expect(last.find(({ name }) => name === "USER")?.value).toBe("1000:1000");
  expect(last.find(({ name }) => name === "HEALTHCHECK")?.value).toContain("/healthz");
});

test("compose: a read-only root, no rights, time to finish, secrets as files, ports of this machine", () => {
  const { services, secrets: files } = readCompose();
  for (const name of ["receiver", "mcp"]) {
    const service = services[name];
    expect(service).toMatchObject({ read_only: true, cap_drop: ["ALL"], stop_grace_period: "70s" });
    for (const port of service.ports) expect(port).toMatch(/^127\.0\.0\.1:/);
    for (const secret of service.secrets) expect(Object.keys(files)).toContain(secret);
    for (const [variable, value] of Object.entries(service.environment)) {
      expect([variable, value]).toEqual([expect.stringMatching(/_FILE$/), expect.stringMatching(/^\/run\/secrets\//)]);
      expect(service.secrets).toContain(String(value).slice("/run/secrets/".length));
    }
  }
  const settings = services.redis.command.join(" ");
  for (const setting of ["appendonly yes", "appendfsync always", "maxmemory-policy noeviction", "requirepass"])
    expect(settings).toContain(setting);
});

describe.each(list("systemd", ".service"))("%s", (file) => {
  test("is a user of its own, has its secrets from systemd, is started again, and has time to finish", () => {
    const unit = readUnit(file);
    const entries = unit.map(([key, value]) => `${key}=${value}`);
    for (const entry of ["DynamicUser=yes", "Restart=on-failure", "TimeoutStopSec=70", "NoNewPrivileges=yes"])
      expect(entries).toContain(entry);
    const loaded = unit.filter(([key]) => key === "LoadCredential").map(([, value]) => value.split(":")[0]);
    const named = [...(unit.find(([key]) => key === "Environment")?.[1] ?? "").matchAll(/%d\/(\S+)/g)];
    expect(named.map(([, credential]) => credential)).toEqual(loaded);
  });
});

describe.each(list("kubernetes", ".yaml"))("%s", (file) => {
  const [deployment, service, budget] = readManifests(file) as [Manifest, Manifest, Manifest];
  const pod: Manifest = deployment.spec.template.spec;

  test("has two replicas that are replaced one by one, a service and a budget that leaves one", () => {
    expect(deployment).toMatchObject({
      kind: "Deployment",
      spec: { replicas: 2, strategy: { rollingUpdate: { maxUnavailable: 0, maxSurge: 1 } } },
    });
    expect(service).toMatchObject({ kind: "Service" });
    expect(budget).toMatchObject({ kind: "PodDisruptionBudget", spec: { minAvailable: 1 } });
    const { selector } = deployment.spec;
    expect(budget.spec.selector).toEqual(selector);
    expect(service.spec.selector).toEqual(selector.matchLabels);
  });

  test("restarts by /healthz, sends work by /readyz, and gives a check the time that it has", () => {
    expect(pod.containers).toEqual([
      expect.objectContaining({
        livenessProbe: expect.objectContaining({ httpGet: { path: "/healthz", port: "http" } }),
        readinessProbe: expect.objectContaining({ httpGet: { path: "/readyz", port: "http" }, timeoutSeconds: 3 }),
        ports: [
          { name: "http", containerPort: 8080 },
          { name: "metrics", containerPort: 9464 },
        ],
        securityContext: {
          allowPrivilegeEscalation: false,
          readOnlyRootFilesystem: true,
          capabilities: { drop: ["ALL"] },
        },
      }),
    ]);
  });

  test("has its metrics on a port that the service does not lead to, for the PodMonitor, by a token", () => {
    const [monitor] = readManifests("prometheus/podmonitor.yaml") as [Manifest];
    const [endpoint] = monitor.spec.podMetricsEndpoints;
    const { args, env } = pod.containers[0];
    expect(args.join(" ")).toContain("--metrics-port 9464 --metrics-host 0.0.0.0");
    expect(endpoint).toMatchObject({ port: "metrics", path: "/metrics" });
    expect(service.spec.ports).toEqual([{ name: "http", port: 80, targetPort: "http" }]);
    const { name, key } = endpoint.authorization.credentials;
    const [secrets] = pod.volumes.map((volume: Manifest) => volume.secret?.secretName).filter(Boolean);
    expect([name, key]).toEqual([secrets, "metrics-token"]);
    expect(env).toContainEqual({ name: "ONSYNC_METRICS_TOKEN_FILE", value: `/run/secrets/onsync/${key}` });
    // By the name that the alerts and the dashboard know it by.
    const job = deployment.spec.template.metadata.labels[monitor.spec.jobLabel];
    expect(monitor.spec.selector.matchExpressions[0].values).toContain(job);
    expect(job).toMatch(/^onsync-(receiver|mcp)$/);
  });

  test("goes on until /readyz was seen, and is not killed while it finishes", () => {
    const { args, readinessProbe } = pod.containers[0];
    const delay = Number(args[args.indexOf("--drain-delay") + 1]);
    expect(delay).toBeGreaterThanOrEqual(readinessProbe.periodSeconds * readinessProbe.failureThreshold);
    expect(pod.terminationGracePeriodSeconds).toBeGreaterThanOrEqual(delay + 60);
    expect(pod).toMatchObject({ securityContext: { runAsNonRoot: true, runAsUser: 1000 } });
  });
});

describe.each(list("cloud-run", ".yaml"))("%s", (file) => {
  test("leaves the port to PORT, keeps its CPU between requests, and is asked by both probes", () => {
    const [service] = readManifests(file) as [Manifest];
    expect(service).toMatchObject({
      kind: "Service",
      spec: { template: { metadata: { annotations: { "run.googleapis.com/cpu-throttling": "false" } } } },
    });
    const { containers } = service.spec.template.spec;
    expect(containers[0].args).not.toContain("--port");
    expect(containers[0]).toMatchObject({
      startupProbe: { httpGet: { path: "/readyz" } },
      livenessProbe: { httpGet: { path: "/healthz" } },
    });
  });
});
