/** The texts that have most words in common with another. */

function wordsOf(text: string): Set<string> {
  return new Set(text.toLowerCase().match(/[a-z]{4,}|\d+/g));
}

/** Nearest first, each word weighed by how rare it is among the candidates; those with no word in common are left out. */
export function findNearest(text: string, candidates: readonly string[]): string[] {
  const known = candidates.map((candidate) => ({ candidate, words: wordsOf(candidate) }));
  const wanted = [...wordsOf(text)].map((word) => ({
    word,
    weight: 1 / (1 + known.filter(({ words }) => words.has(word)).length),
  }));
  return known
    .map(({ candidate, words }) => ({
      candidate,
      score: wanted.reduce((sum, { word, weight }) => sum + (words.has(word) ? weight : 0), 0),
    }))
    .filter(({ score }) => score > 0)
    .sort((a, b) => b.score - a.score)
    .map(({ candidate }) => candidate);
}

/** Whether one is the other with a few words changed: each has at least half of its words in the other. */
export function isReworded(text: string, other: string): boolean {
  const [words, others] = [wordsOf(text), wordsOf(other)];
  const common = [...words].filter((word) => others.has(word)).length;
  return common >= Math.max(words.size, others.size) / 2;
}
