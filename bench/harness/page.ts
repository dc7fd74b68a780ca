/** docs/benchmarks.md and its charts, written from what was kept and from the prose of each question. */
import { drawBars } from "./chart.ts";
import type { Aim, Measure, Question } from "./question.ts";
import { type KeptRow, type KeptTable, maxUncertainty, type Results } from "./results.ts";
import { calculateUncertainty } from "./statistics.ts";

const head = `<!-- Written by npm run bench from docs/benchmarks.json and the questions in bench/. Do not edit. -->

# Benchmarks

\`npm run bench\` asks every question of this page and writes it anew; \`npm run bench -- client\` asks one, and leaves the others as
they were measured; \`npm run bench -- --list\` names them. What ours is measured beside is installed into \`bench/peers\` when it is
first asked for.

Ratios come first: they travel between machines, absolute times do not. Whatever stands in one table ran in turns, round by
round, so that whatever else the machine did fell on all of it; a ratio is the median of the ratios of each round, a figure the
median of the rounds. What stands behind ± is how far the ratio may be from the true one by how much the rounds differed, with a
certainty of 95 % (1.57 times the distance of the quartiles, by the root of the rounds). Where that is more than ${maxUncertainty * 100} % of
it, no ratio is given; where an aim lies within it, it is too close to tell.
`;

export type Page = {
  markdown: string;
  /** By file name in docs/images. */
  charts: Map<string, string>;
};

function formatFigure(value: number | null | undefined, { digits = 0 }: Measure): string {
  if (value === null || value === undefined) return "–";
  return value.toLocaleString("en-US", { minimumFractionDigits: digits, maximumFractionDigits: digits });
}

type Ratio = KeptRow["ratios"][number] | undefined;

/** @returns the ratio and what it may be off by; `null`: none that can be given */
function readRatio(kept: Ratio, rounds: number): { ratio: number; offBy: number } | null {
  if (!kept) return null;
  const uncertainty = calculateUncertainty(kept.spread, rounds);
  return uncertainty > maxUncertainty ? null : { ratio: kept.ratio, offBy: kept.ratio * uncertainty };
}

function formatRatio(kept: Ratio, rounds: number): string {
  if (!kept) return "–";
  const known = readRatio(kept, rounds);
  if (!known) return `differs too much (± ${Math.round(calculateUncertainty(kept.spread, rounds) * 100)} %)`;
  const digits = known.ratio < 0.1 ? 3 : 2;
  return `${known.ratio.toFixed(digits)}${known.offBy > 0 ? ` ± ${known.offBy.toFixed(digits)}` : ""}`;
}

function judgeAim({ ratio, offBy }: { ratio: number; offBy: number }, aim: Aim): string {
  const goal = "atMost" in aim ? aim.atMost : aim.atLeast;
  if (Math.abs(ratio - goal) < offBy) return "too close to tell";
  return ("atMost" in aim ? ratio <= goal : ratio >= goal) ? "met" : "not met";
}

function formatAim({ aim, ratios: [first] }: KeptRow, rounds: number): string {
  if (!aim) return "";
  const words = "atMost" in aim ? `at most ${aim.atMost}` : `at least ${aim.atLeast}`;
  const known = readRatio(first, rounds);
  return known ? `${words}: ${judgeAim(known, aim)}` : words;
}

function formatTable({ what, measures, base, rows, rounds }: KeptTable): string {
  const compared = base === undefined ? [] : measures.filter((measure) => measure.compared);
  const hasAims = rows.some(({ aim }) => aim);
  const lines = rows.map((row) => [
    row.name,
    ...compared.map((_, index) => formatRatio(row.ratios[index], rounds)),
    ...(hasAims ? [formatAim(row, rounds)] : []),
    ...measures.map((measure, index) => formatFigure(row.medians[index], measure)),
  ]);
  const heads = [
    what,
    ...compared.map(({ name }) => (compared.length === 1 ? "ratio" : `ratio of ${name}`)),
    ...(hasAims ? ["aim"] : []),
    ...measures.map(({ name }) => name),
  ];
  return [heads, heads.map((_, column) => (column === 0 ? "---" : "--:")), ...lines]
    .map((cells) => `| ${cells.join(" | ")} |`)
    .join("\n");
}

function chartTable({ rows, base, rounds }: KeptTable, title: string): string | null {
  const bars = rows.flatMap(({ name, ratios: [first] }) => {
    const known = readRatio(first, rounds);
    return known ? [{ name, value: known.ratio, isBase: name === base }] : [];
  });
  return bars.length < 2 ? null : drawBars(title, bars);
}

/** @param results those of a question that was never asked are missing, and so is its section */
export function writePage(questions: readonly Question[], results: Results): Page {
  const charts = new Map<string, string>();
  const sections = questions.flatMap(({ name, title, about }) => {
    const answer = results[name];
    if (!answer) return [];
    const tables = answer.tables.flatMap((table, index) => {
      const caption = table.caption ?? title;
      const drawn = table.chart ? chartTable(table, caption) : null;
      const file = `bench-${name}${index === 0 ? "" : `-${index + 1}`}.svg`;
      if (drawn !== null) charts.set(file, drawn);
      const ratios = table.base === undefined ? "" : ` Ratios are to ${table.base}.`;
      return [
        `${table.caption ? `**${table.caption}.**` : ""}${ratios}`.trim(),
        formatTable(table),
        ...(drawn === null ? [] : [`![${caption}: ratios](images/${file})`]),
      ].filter((part) => part !== "");
    });
    const { commit, node, machine, seconds } = answer;
    return [
      `## ${title}`,
      `\`\`\`sh measures\nnpm run bench -- ${name}\n\`\`\``,
      about.trim(),
      ...tables,
      `Measured at commit ${commit}, Node ${node.slice(1)}, ${machine}, in ${seconds} s.`,
    ];
  });
  return { markdown: `${[head.trim(), ...sections].join("\n\n")}\n`, charts };
}
