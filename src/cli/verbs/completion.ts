/** `completion`: the script by which a shell asks for candidates, see completion/answer.ts. */
import type { VerbImplementation } from '../verb.js';

/** Candidates come a line each, with what they are after a tab. What ends in `/` or `=` goes on without a blank. */
const SCRIPTS: Readonly<Record<string, string>> = {
  bash: `# Completion of fuge for bash: source <(fuge completion bash)
_fuge() {
  local line
  COMPREPLY=()
  while IFS= read -r line; do
    COMPREPLY+=("\${line%%$'\\t'*}")
  done < <("$1" complete -- "\${COMP_WORDS[@]:1:COMP_CWORD}" 2>/dev/null)
  if [[ \${#COMPREPLY[@]} -eq 1 && \${COMPREPLY[0]} == *[/=] ]]; then
    compopt -o nospace 2>/dev/null
  fi
}
complete -F _fuge fuge`,
  zsh: `#compdef fuge
# Completion of fuge for zsh: source <(fuge completion zsh)
_fuge() {
  local line value
  local -a values shown open
  while IFS= read -r line; do
    value="\${line%%$'\\t'*}"
    if [[ $value == *[/=] ]]; then
      open+=("$value")
    else
      values+=("$value")
      if [[ $line == *$'\\t'* ]]; then
        shown+=("$value  -- \${line#*$'\\t'}")
      else
        shown+=("$value")
      fi
    fi
  done < <("\${words[1]}" complete -- "\${(@)words[2,CURRENT]}" 2>/dev/null)
  (( \${#open} )) && compadd -Q -S '' -- "\${open[@]}"
  (( \${#values} )) && compadd -Q -l -d shown -- "\${values[@]}"
}
if [[ "\${funcstack[1]}" == _fuge ]]; then
  _fuge "$@"
else
  compdef _fuge fuge
fi`,
  fish: `# Completion of fuge for fish: fuge completion fish > ~/.config/fish/completions/fuge.fish
function __fuge_complete
  set -l before (commandline -opc)
  $before[1] complete -- $before[2..-1] (commandline -ct) 2>/dev/null
end
complete -c fuge -f -a '(__fuge_complete)'`,
};

export const completion: VerbImplementation = {
  async run({ out }, { words }) {
    out.print(SCRIPTS[words[0]!]!);
    return 0;
  },
};
