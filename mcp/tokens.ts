/** How many tokens a model reads in a text, estimated on the safe side: no tokenizer is loaded for it. */

/** Plain text in Latin letters takes about four bytes a token, JSON about 3.6, other scripts down to two. */
export const estimateTokens = (text: string): number => {
  let ascii = 0;
  for (let index = 0; index < text.length; index++) if (text.charCodeAt(index) < 128) ascii++;
  const otherBytes = Buffer.byteLength(text) - ascii;
  return Math.ceil(ascii / 3.6 + otherBytes / 2);
};
