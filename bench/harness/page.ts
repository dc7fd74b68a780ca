/** docs/benchmarks.md and its charts, written from what was kept and from the prose of each question. */
import { drawBars } from "./chart.ts";
import type { Aim, Measure, Question } from "./question.ts";
import { type KeptRow, type KeptTable, maxSpread, type Results } from "./results.ts";

const head = `<!-- Written by npm run bench from docs/benchmarks.json and the questions in bench/. Do not edit. -->

# Benchmarks

\`npm run bench\` asks every question of this page and writes it anew; \`npm run bench -- client\` asks one, and leaves the others as
they were measured; \`npm run bench -- --list\` names them. What ours is measured beside is installed into \`bench/peers\` when it is
first asked for.

Ratios come first: they travel between machines, absolute times do not. Whatever stands in one table ran in turns, round by
round, so that whatever else the machine did fell on all of it; a ratio is the median of the ratios of each round, a figure the
median of the rounds. Where the middle half of a row's ratios lies further apart than ${maxSpread * 100} % of their median, no ratio is given.
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

function isMet(ratio: number, aim: Aim): boolean {
  return "atMost" in aim ? ratio <= aim.atMost : ratio >= aim.atLeast;
}

export function formatRatio(kept: KeptRow["ratios"][number] | undefined): string {
  if (!kept) return "–";
  return kept.spread > maxSpread ? `differs too much (${Math.round(kept.spread * 100)} %)` : kept.ratio.toFixed(2);
}

export function formatAim({ aim, ratios }: KeptRow): string {
  if (!aim) return "";
  const [first] = ratios;
  const words = "atMost" in aim ? `at most ${aim.atMost}` : `at least ${aim.atLeast}`;
  if (!first || first.spread > maxSpread) return words;
  return `${words}: ${isMet(first.ratio, aim) ? "met" : "not met"}`;
}

function formatTable({ what, measures, base, rows }: KeptTable): string {
  const compared = base === undefined ? [] : measures.filter((measure) => measure.compared);
  const hasAims = rows.some(({ aim }) => aim);
  const lines = rows.map((row) => [
    row.name,
    ...compared.map((_, index) => formatRatio(row.ratios[index])),
    ...(hasAims ? [formatAim(row)] : []),
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

function chartTable({ rows, base }: KeptTable, title: string): string | null {
  const bars = rows.flatMap(({ name, ratios: [first] }) =>
    first && first.spread <= maxSpread ? [{ name, value: first.ratio, isBase: name === base }] : [],
  );
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
