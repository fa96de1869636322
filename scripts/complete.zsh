# Prints what zsh completes a command line to: `zsh -f scripts/complete.zsh DIRECTORY 'hooks fir'`, where DIRECTORY contains the
# completion script. It presses Tab once, which also loads the script.
zmodload zsh/zpty
zpty shell zsh -f -i
zpty -w shell "PS1= PS2= RPS1=; unsetopt zle_bracketed_paste; fpath=(${(q)1} \$fpath); autoload -Uz compinit; compinit -u -D; print -r -- is-\"ready\""
zpty -r -m shell line '*is-ready*' || exit 1
zpty -w -n shell "$2"$'\t'
zpty -r -m -t shell line "*$2*" 2>/dev/null
sleep 1
while zpty -r -t shell more; do line+=$more; done
zpty -d shell
print -r -- "$line"
