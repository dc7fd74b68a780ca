/** What must be in no file and in nothing that is printed, and files where none may be. */
import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { join, relative } from "node:path";

export function listFiles(folder: string): string[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => !entry.isDirectory())
    .map((entry) => join(entry.parentPath, entry.name));
}

/** @param secrets by what they are */
export function findSecrets(
  folder: string,
  secrets: Readonly<Record<string, string>>,
  mayHave: (file: string, secret: string) => boolean = () => false,
): string[] {
  return listFiles(folder).flatMap((file) => {
    if (!statSync(file).isFile()) return [`a file that is none: ${relative(folder, file)}`];
    const bytes = readFileSync(file);
    return Object.entries(secrets)
      .filter(([name, secret]) => bytes.includes(secret) && !mayHave(relative(folder, file), name))
      .map(([name]) => `secret: ${relative(folder, file)} has the ${name}`);
  });
}

export function findSecretsInText(text: string, secrets: Readonly<Record<string, string>>): string[] {
  return Object.entries(secrets)
    .filter(([, secret]) => text.includes(secret))
    .map(([name]) => `secret: the ${name} was printed`);
}
