/** Every command line of deploy/, with the environment that it is given there. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { parse, parseAllDocuments } from "yaml";

export const folder = join(import.meta.dirname, "../../deploy");

export type Deployment = {
  /** The file, and what in it. */
  name: string;
  /** Arguments of `onsync`. */
  args: string[];
  /** Names of the variables that are set. */
  variables: string[];
};

// biome-ignore lint/suspicious/noExplicitAny: what a manifest is, these tests say
export type Manifest = Record<string, any>;

export function readManifests(file: string): Manifest[] {
  return parseAllDocuments(readFileSync(join(folder, file), "utf8")).map((document) => {
    if (document.errors.length > 0) throw document.errors[0];
    return document.toJS();
  });
}

export function list(part: string, ending: string): string[] {
  return readdirSync(join(folder, part))
    .filter((file) => file.endsWith(ending))
    .map((file) => `${part}/${file}`);
}

export function readCompose(): Manifest {
  return parse(readFileSync(join(folder, "compose.yaml"), "utf8"), { merge: true });
}

export function readUnit(file: string): [string, string][] {
  return readFileSync(join(folder, file), "utf8")
    .split("\n")
    .filter((line) => line.includes("=") && !line.startsWith("#"))
    .map((line) => [line.slice(0, line.indexOf("=")), line.slice(line.indexOf("=") + 1)]);
}

function fromCompose(): Deployment[] {
  return Object.entries(readCompose().services as Record<string, Manifest>)
    .filter(([, { image }]) => image === "onsync")
    .map(([service, { command, environment }]) => ({
      name: `compose.yaml: ${service}`,
      args: command,
      variables: Object.keys(environment),
    }));
}

function fromUnits(): Deployment[] {
  return list("systemd", ".service").map((file) => {
    const unit = readUnit(file);
    const find = (name: string): string => unit.find(([key]) => key === name)?.[1] ?? "";
    return {
      name: file,
      args: find("ExecStart").split(" ").slice(2),
      variables: find("Environment")
        .split(" ")
        .map((pair) => pair.split("=")[0] as string),
    };
  });
}

function fromManifests(part: string): Deployment[] {
  return list(part, ".yaml").flatMap((file) =>
    readManifests(file)
      .filter(({ spec }) => spec.template)
      .flatMap(({ spec }) => spec.template.spec.containers as Manifest[])
      .map(({ args, env }) => ({ name: file, args, variables: env.map(({ name }: Manifest) => name) })),
  );
}

export const deployments: readonly Deployment[] = [
  ...fromCompose(),
  ...fromUnits(),
  ...fromManifests("kubernetes"),
  ...fromManifests("cloud-run"),
];
