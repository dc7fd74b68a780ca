/** The scripts of each shell. */
import type { CompletedCommand } from "./commands.ts";

/** For bash; zsh understands it, too. A path is written as it is built there, with a space before each word. */
function writeBash(commands: readonly CompletedCommand[]): string {
  const paths = commands.filter(({ path }) => path !== "").map(({ path }) => `" ${path}"`);
  const values = commands.flatMap(({ path, options }) =>
    options.flatMap(({ word, values: given }) => {
      const key = `"${path === "" ? "" : ` ${path}`} ${word}"`;
      if (given === null) return [];
      // Names of files, which bash completes where there is nothing else.
      return given.length === 0 ? [`    ${key}) return ;;`] : [`    ${key}) words="${given.join(" ")}" ;;`];
    }),
  );
  const words = commands.map(({ path, words: given, options }) => {
    const all = [...given, ...options].map(({ word }) => word);
    return `    "${path === "" ? "" : ` ${path}`}") words="${all.join(" ")}" ;;`;
  });
  return `_onsync() {
  local current=\${COMP_WORDS[COMP_CWORD]} path="" words="" index
  COMPREPLY=()
  for ((index = 1; index < COMP_CWORD; index++)); do
    case "$path \${COMP_WORDS[index]}" in
      ${paths.join(" | ")}) path="$path \${COMP_WORDS[index]}" ;;
    esac
  done
  case "$path \${COMP_WORDS[COMP_CWORD - 1]}" in
${values.join("\n")}
  esac
  [ -n "$words" ] || case "$path" in
${words.join("\n")}
  esac
  COMPREPLY=($(compgen -W "$words" -- "$current"))
}
complete -o default -F _onsync onsync
`;
}

/** Where zsh loads it to complete a first line, it completes that line, too. */
function writeZsh(commands: readonly CompletedCommand[]): string {
  return `#compdef onsync
autoload -Uz bashcompinit && bashcompinit
${writeBash(commands)}[[ \${funcstack[1]} != _onsync ]] || _bash_complete -o default -F _onsync
`;
}

function quoteForFish(text: string): string {
  return `'${text.replace(/[\\']/g, "\\$&").replace(/\s+/g, " ")}'`;
}

function writeFish(commands: readonly CompletedCommand[]): string {
  const paths = commands.filter(({ path }) => path !== "").map(({ path }) => quoteForFish(path));
  const lines = commands.flatMap(({ path, words, options }) => {
    const at = `complete -c onsync -n ${quoteForFish(`__onsync_at ${path}`.trim())}`;
    return [
      ...words.map(({ word, about }) => `${at} -f -a ${quoteForFish(word)} -d ${quoteForFish(about)}`),
      ...options.map(({ word, about, values }) => {
        const given = values?.length ? ` -x -a ${quoteForFish(values.join(" "))}` : values === null ? "" : " -r";
        return `${at} -l ${word.slice(2)}${given} -d ${quoteForFish(about)}`;
      }),
    ];
  });
  return `function __onsync_at
  set -l path
  for word in (commandline -opc)[2..-1]
    if contains -- (string join -- ' ' $path $word) ${paths.join(" ")}
      set path $path $word
    end
  end
  test "$path" = "$argv"
end
${lines.join("\n")}
`;
}

export const shells = { bash: writeBash, zsh: writeZsh, fish: writeFish };
