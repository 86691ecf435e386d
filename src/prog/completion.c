/* completion.c: what a shell needs to complete a command line, from the table of commands and the options
 * that the commands themselves know. */
#include <stdio.h>
#include <string.h>

#include "prog/prog.h"

/* The words that a command begins with: the small ones before the first thing of another kind, in each way to
 * use it ("list|show [BOX] | undo BOX"). Caller frees. */
static char **
words_of(const RnCommand *c)
{
	GPtrArray *list = g_ptr_array_new();
	g_auto(GStrv) ways = g_strsplit(c->usage, " | ", -1);

	for (guint i = 0; ways[i] != NULL; i++) {
		g_autofree char *first = g_strndup(ways[i], strcspn(ways[i], " "));
		g_auto(GStrv) words = g_strsplit(first, "|", -1);

		for (guint k = 0; words[k] != NULL; k++)
			if (g_ascii_islower(words[k][0]) &&
			    !g_ptr_array_find_with_equal_func(list, words[k], g_str_equal, NULL))
				g_ptr_array_add(list, g_strdup(words[k]));
	}
	g_ptr_array_add(list, NULL);
	return (char **)g_ptr_array_free(list, FALSE);
}

static gboolean
takes_value(const GOptionEntry *o)
{
	return o->arg != G_OPTION_ARG_NONE;
}

static gboolean
takes_file(const GOptionEntry *o)
{
	return o->arg == G_OPTION_ARG_FILENAME || o->arg == G_OPTION_ARG_FILENAME_ARRAY;
}

/* --- list: for programs: command, option or word, its argument, what it does --- */

static void
list_option(const char *command, const GOptionEntry *o, G_GNUC_UNUSED gpointer data)
{
	printf("%s\t--%s\t%s\t%s\n", command, o->long_name,
	    takes_value(o) && o->arg_description != NULL ? o->arg_description : "",
	    o->description != NULL ? o->description : "");
}

static void
print_list(void)
{
	for (const RnCommand *c = rn_commands; c->name != NULL; c++) {
		g_auto(GStrv) words = words_of(c);

		printf("%s\t\t%s\t%s\n", c->name, c->usage, c->summary);
		for (guint i = 0; words[i] != NULL; i++)
			printf("%s\t%s\t\t\n", c->name, words[i]);
		rn_options_of(c, list_option, NULL);
	}
}

/* --- bash --- */

static void
bash_option(G_GNUC_UNUSED const char *command, const GOptionEntry *o, gpointer data)
{
	GString *const *out = data;

	g_string_append_printf(out[0], " --%s", o->long_name);
	if (takes_value(o) && !takes_file(o))
		g_string_append_printf(out[1], "%s--%s", out[1]->len > 0 ? "|" : "", o->long_name);
}

static void
bash_command(const RnCommand *c)
{
	g_autoptr(GString) options = g_string_new(NULL), valued = g_string_new(NULL);
	g_auto(GStrv) words = words_of(c);
	g_autofree char *joined = g_strjoinv(" ", words);
	GString *out[] = { options, valued };

	rn_options_of(c, bash_option, out);
	printf(
	    "\t%s) words='%s' options='%s' valued='%s' ;;\n", c->name, joined, options->str + 1, valued->str);
}

static void
print_bash(void)
{
	fputs("# bash completion for rinnova; made by `rinnova completion bash`\n"
	      "_rinnova()\n{\n"
	      "\tlocal cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD-1]} words options valued\n"
	      "\tCOMPREPLY=()\n"
	      "\tif [ \"$COMP_CWORD\" -eq 1 ]; then\n"
	      "\t\tCOMPREPLY=($(compgen -W 'help",
	    stdout);
	for (const RnCommand *c = rn_commands; c->name != NULL; c++)
		printf(" %s", c->name);
	fputs("' -- \"$cur\"))\n\t\treturn\n\tfi\n\tcase ${COMP_WORDS[1]} in\n", stdout);
	fputs("\thelp) words='", stdout);
	for (const RnCommand *c = rn_commands; c->name != NULL; c++)
		printf("%s ", c->name);
	fputs("' options='' valued='' ;;\n", stdout);
	for (const RnCommand *c = rn_commands; c->name != NULL; c++)
		bash_command(c);
	fputs("\tesac\n"
	      "\tcase \"|$valued|\" in *\"|$prev|\"*) return ;; esac\n"
	      "\tif [ \"$COMP_CWORD\" -eq 2 ] && [[ $cur != -* ]]; then\n"
	      "\t\tCOMPREPLY=($(compgen -W \"$words\" -- \"$cur\"))\n"
	      "\telif [[ $cur == -* ]]; then\n"
	      "\t\tCOMPREPLY=($(compgen -W \"$options\" -- \"$cur\"))\n"
	      "\tfi\n}\n"
	      "complete -o default -F _rinnova rinnova\n",
	    stdout);
}

/* --- zsh --- */

/* TEXT within '...[TEXT]': quotes, brackets and colons would end it. Caller frees. */
static char *
zsh_text(const char *text)
{
	GString *out = g_string_new(NULL);

	for (; text != NULL && *text != '\0'; text++) {
		if (strchr("[]:\\", *text) != NULL)
			g_string_append_c(out, '\\');
		if (*text == '\'')
			g_string_append(out, "'\\'");
		g_string_append_c(out, *text);
	}
	return g_string_free(out, FALSE);
}

static void
zsh_option(G_GNUC_UNUSED const char *command, const GOptionEntry *o, G_GNUC_UNUSED gpointer data)
{
	g_autofree char *what = zsh_text(o->description);
	g_autofree char *argument = zsh_text(o->arg_description);

	printf(" \\\n\t\t\t'--%s%s[%s]%s%s%s'", o->long_name, takes_value(o) ? "=" : "", what,
	    takes_value(o) ? ":" : "", takes_value(o) ? argument : "",
	    !takes_value(o)    ? "" :
	        takes_file(o) ? ":_files" :
	                        ": ");
}

static void
zsh_command(const RnCommand *c)
{
	g_auto(GStrv) words = words_of(c);
	g_autofree char *joined = g_strjoinv(" ", words);

	printf("\t\t%s)\n\t\t_arguments", c->name);
	rn_options_of(c, zsh_option, NULL);
	if (*joined != '\0')
		printf(" \\\n\t\t\t'1:what:(%s)'", joined);
	fputs(" \\\n\t\t\t'*:argument:_files'\n\t\t;;\n", stdout);
}

static void
print_zsh(void)
{
	fputs(
	    "#compdef rinnova\n# zsh completion for rinnova; made by `rinnova completion zsh`\n_rinnova()\n{\n"
	    "\tlocal curcontext=$curcontext state line\n"
	    "\tlocal -a commands=(\n\t\t'help:tell more of a command'\n",
	    stdout);
	for (const RnCommand *c = rn_commands; c->name != NULL; c++) {
		g_autofree char *what = zsh_text(c->summary);

		printf("\t\t'%s:%s'\n", c->name, what);
	}
	fputs("\t)\n\t_arguments -C '1: :->command' '*:: :->rest'\n\tcase $state in\n"
	      "\tcommand) _describe command commands ;;\n\trest)\n\t\tcase $line[1] in\n"
	      "\t\thelp) _describe command commands ;;\n",
	    stdout);
	for (const RnCommand *c = rn_commands; c->name != NULL; c++)
		zsh_command(c);
	fputs("\t\tesac\n\t\t;;\n\tesac\n}\n_rinnova \"$@\"\n", stdout);
}

int
rn_cmd_completion(int argc, char **argv)
{
	static const struct {
		const char	*name;
		void		(*print)(void);
	} shells[] = { { "bash", print_bash }, { "zsh", print_zsh }, { "list", print_list } };
	g_autofree char *config = NULL;

	if (!rn_options(&argc, &argv, NULL, &config))
		return RN_EXIT_USAGE;
	for (gsize i = 0; argc == 2 && i < G_N_ELEMENTS(shells); i++)
		if (strcmp(argv[1], shells[i].name) == 0) {
			shells[i].print();
			return fflush(stdout) == 0 ? RN_EXIT_OK : RN_EXIT_TEMP;
		}
	fputs("rinnova: completion: say bash, zsh or list\n", stderr);
	return RN_EXIT_USAGE;
}
