/** A page of metrics, read as Prometheus reads it, by rules of our own: each series with its value. */

const line = /^([a-z_:][a-z0-9_:]*)(\{.*\})? (\S+)$/i;
const label = /([a-z_][a-z0-9_]*)="((?:[^"\\]|\\["\\n])*)"/gi;

export type Page = {
  /** By its name and labels as the page writes them: `onsync_sends_total{outcome="sent"}`. */
  series: ReadonlyMap<string, number>;
  types: ReadonlyMap<string, string>;
  helps: ReadonlyMap<string, string>;
};

/** @throws Error where a line is none of the format's, or a series is there twice */
export function readPage(text: string): Page {
  const series = new Map<string, number>();
  const types = new Map<string, string>();
  const helps = new Map<string, string>();
  for (const each of text.split("\n").filter((written) => written !== "")) {
    const [, kind, name = "", rest = ""] = /^# (HELP|TYPE) (\S+) (.*)$/.exec(each) ?? [];
    if (kind === "HELP") helps.set(name, rest);
    else if (kind === "TYPE") types.set(name, rest);
    else {
      const [, metric = "", labels = "", value = ""] = line.exec(each) ?? [];
      const number = value === "+Inf" ? Number.POSITIVE_INFINITY : Number(value);
      if (metric === "" || Number.isNaN(number)) throw new Error(`no line of a page of metrics: ${each}`);
      if (labels.replaceAll(label, "").replaceAll(",", "") !== (labels && "{}")) throw new Error(`labels of ${each}`);
      if (series.has(metric + labels)) throw new Error(`there twice: ${each}`);
      series.set(metric + labels, number);
    }
  }
  return { series, types, helps };
}
