/** What arrived at the API against what people approved, by the people's own notes: the server is not asked. */

/** What a person said yes to: a proposal as they saw it, or a question that showed the whole message. */
export type Approved =
  | { kind: "proposal"; id: string; to: string; content: string | undefined }
  | { kind: "question"; message: string };

type Arrived = { to: string; content?: string; metadata?: Record<string, unknown> };

/** @returns in words what nobody may have sent; empty: each message was approved, as it is, and came once */
export function judge(arrived: readonly Arrived[], approved: readonly Approved[]): string[] {
  const references = new Map<string, number>();
  const findings: string[] = [];
  for (const { to, content, metadata } of arrived) {
    const reference = String(metadata?.clientReference);
    references.set(reference, (references.get(reference) ?? 0) + 1);
    if (!approved.some((each) => isApproval(each, { to, ...(content !== undefined && { content }) }, reference)))
      findings.push(`sent without an approval: ${reference} to ${to}: ${content?.slice(0, 80)}`);
  }
  for (const [reference, count] of references) if (count > 1) findings.push(`sent ${count} times: ${reference}`);
  return findings;
}

function isApproval(approved: Approved, { to, content }: Arrived, reference: string): boolean {
  if (approved.kind === "question")
    // A question shows what nobody would see.
    return approved.message.includes(to) && approved.message.includes((content ?? "").replaceAll("\u200b", "[U+200B]"));
  return approved.id === reference && approved.to === to && approved.content === content;
}
