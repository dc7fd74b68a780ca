/** The values that a field is chosen from, as its form lists them. */

function toLabel(value: string): string {
  return value === "whatsapp" ? "WhatsApp" : `${value[0]?.toUpperCase()}${value.slice(1)}`;
}

export function toChoices(values: readonly string[]) {
  return values.map((value) => ({ value, sample: value, label: toLabel(value) }));
}
