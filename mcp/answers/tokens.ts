/** How many tokens a model reads in a text, estimated on the safe side: no tokenizer is loaded for it. */

/** Plain text in Latin letters takes about four bytes a token, JSON about 3.6, other scripts down to two, emoji 1.3. */
export function estimateTokens(text: string): number {
  let ascii = 0;
  let halves = 0;
  for (let index = 0; index < text.length; index++) {
    const unit = text.charCodeAt(index);
    if (unit < 128) ascii++;
    else if (unit >= 0xd800 && unit < 0xe000) halves++;
  }
  // Two halves make a character of four bytes.
  const otherBytes = Buffer.byteLength(text) - ascii - halves * 2;
  return Math.ceil(ascii / 3.6 + otherBytes / 2 + halves * 1.5);
}
