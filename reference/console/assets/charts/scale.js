/** Numbers as places in a chart. */

/** The least round number that is not less: 1, 2 or 5 times a power of ten. */
export function roundUp(value) {
  if (value <= 1) return 1;
  const power = 10 ** Math.floor(Math.log10(value));
  return [1, 2, 5, 10].map((factor) => factor * power).find((round) => round >= value);
}

/**
 * Bars of several series on top of one another, in a picture of this width and height.
 * @param steps numbers by the name of a series
 * @returns rectangles, without those of nothing
 */
export function stackBars(steps, names, { width, height, max }) {
  const stepWidth = width / steps.length;
  return steps.flatMap((step, index) => {
    let top = height;
    return names.flatMap((name) => {
      const size = (step[name] / max) * height;
      if (size === 0) return [];
      top -= size;
      return [{ name, x: index * stepWidth + stepWidth * 0.12, y: top, width: stepWidth * 0.76, height: size }];
    });
  });
}

/** A line through what was measured; it breaks where nothing was. A point alone is a short line. */
export function drawLine(values, { width, height, max }) {
  const stepWidth = width / values.length;
  const place = (value) => Math.round((height - (value / max) * height) * 10) / 10;
  let isOpen = false;
  return values
    .map((value, index) => {
      if (value === null) {
        isOpen = false;
        return "";
      }
      const [x, y] = [Math.round((index + 0.5) * stepWidth * 10) / 10, place(value)];
      const command = isOpen ? `L${x} ${y}` : `M${x} ${y}h0.1`;
      isOpen = true;
      return command;
    })
    .join("");
}

/** The largest that is drawn, rounded up; of bars, on top of one another. */
export function findMax(steps, names, isStacked) {
  const sizes = steps.map((step) => {
    const values = names.map((name) => step[name] ?? 0);
    return isStacked ? values.reduce((sum, value) => sum + value, 0) : Math.max(...values);
  });
  return roundUp(Math.max(0, ...sizes));
}
