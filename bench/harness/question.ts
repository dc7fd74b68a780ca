/** What a question is, and what is measured to answer it. */

export type Scale = {
  /** Figures so small that it takes seconds and says nothing: whether it runs. */
  isSmall: boolean;
  /** Lies in no other question's way, and is removed after it. */
  folder: string;
};

export type Question = {
  /** As in `npm run bench -- NAME`. */
  name: string;
  title: string;
  /** How it is measured and what to know of it: the prose of the page, in Markdown. */
  about: string;
  measure(scale: Scale): Promise<Table[]>;
};

/** A figure that is taken of each row, once in each round. */
export type Measure = {
  /** With its unit. */
  name: string;
  digits?: number;
  /** Rows are compared by it: to the base, round by round. */
  compared?: true;
};

/** An aim for a row's ratio to the base. */
export type Aim = { atMost: number } | { atLeast: number };

export type MeasuredRow = {
  name: string;
  /** By measure, a value of each round; rounds of all rows are the same, in turns. Empty: it does not have it. */
  values: readonly (readonly number[])[];
  /** Of its ratio by the first measure that is compared. */
  aim?: Aim;
};

export type Table = {
  caption?: string;
  /** The head of the first column. */
  what: string;
  measures: readonly Measure[];
  /** The row to which the others are compared; without one there are no ratios. */
  base?: string;
  rows: readonly MeasuredRow[];
  /** Whether the ratios are drawn. */
  chart?: true;
};

/** Calls each of the measures in turn, round by round; the first rounds warm up. @returns by row, its value of each round */
export async function measureInTurns(
  measures: readonly (() => Promise<number> | number)[],
  { rounds, warmUps = 1 }: { rounds: number; warmUps?: number },
): Promise<number[][]> {
  const values: number[][] = measures.map(() => []);
  for (let round = -warmUps; round < rounds; round++)
    for (const [index, measure] of measures.entries()) {
      const value = await measure();
      if (round >= 0) values[index]?.push(value);
    }
  return values;
}
