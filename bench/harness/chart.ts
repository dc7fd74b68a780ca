/** A chart of ratios: a bar each, the base as a line, in plain SVG that is readable on light and on dark pages. */
export type Bar = { name: string; value: number; isBase: boolean };

const labelWidth = 300;
const barWidth = 360;
const lineHeight = 26;

function escapeText(text: string): string {
  return text.replaceAll("`", "").replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll('"', "&quot;");
}

const style =
  "text{font:13px system-ui,sans-serif;fill:#1f2328}.ours{fill:#2563c9}.base{fill:#8b949e}line{stroke:#8b949e;stroke-dasharray:3}" +
  "@media (prefers-color-scheme:dark){text{fill:#e6edf3}.ours{fill:#6cb6ff}}";

/** @param title what screen readers say */
export function drawBars(title: string, bars: readonly Bar[]): string {
  const largest = Math.max(1, ...bars.map(({ value }) => value));
  const toX = (value: number) => labelWidth + 10 + Math.round((value / largest) * barWidth);
  const height = bars.length * lineHeight + 8;
  const lines = bars.flatMap(({ name, value, isBase }, index) => {
    const y = index * lineHeight + 4;
    const x = labelWidth + 10;
    return [
      `<text x="${labelWidth}" y="${y + 15}" text-anchor="end">${escapeText(name)}</text>`,
      `<rect class="${isBase ? "base" : "ours"}" x="${x}" y="${y + 2}" width="${Math.max(1, toX(value) - x)}" height="18" rx="2"/>`,
      `<text x="${toX(value) + 6}" y="${y + 15}">${value.toFixed(2)}</text>`,
    ];
  });
  const width = labelWidth + barWidth + 70;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img" aria-label="${escapeText(title)}">`,
    `<style>${style}</style>`,
    ...lines,
    `<line x1="${toX(1)}" x2="${toX(1)}" y1="0" y2="${height}"/>`,
    "</svg>",
    "",
  ].join("\n");
}
