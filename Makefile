# Rinnova. "make" builds build/rinnova; "make check" runs every test; "make demo" plays the whole story.
#
# One file for everything: sources join by wildcard, and a flavour (san, tsan, cover, ...) is the same build with
# other flags in a folder of its own.

FLAVOUR	?= plain
PREFIX	?= /usr/local
SYSCONFDIR ?= /etc
BINDIR	= $(PREFIX)/bin
DATADIR	= $(PREFIX)/share
UNITDIR	= $(PREFIX)/lib/systemd/system
ZSHDIR	= $(DATADIR)/zsh/site-functions
FUZZ_SECONDS ?= 30
JOBS	:= $(shell nproc 2>/dev/null || echo 2)

B	= $(if $(filter plain,$(FLAVOUR)),build,build/$(FLAVOUR))

# One word a file; V=1 shows the commands.
SAY	= $(if $(V),,@echo "  $(1)	$@";)

# --- flags -----------------------------------------------------------------------------------------------------------
LIBS	= glib-2.0 gobject-2.0 gio-2.0 gmime-3.0 libcurl sqlite3 libcrypto libssl libxml-2.0 jansson libpsl libidn2 libzip
HAVE	:= $(shell pkg-config --exists $(LIBS) 2>/dev/null && echo yes)
PKG_CFLAGS := $(shell pkg-config --cflags $(LIBS) 2>/dev/null)
PKG_LIBS := $(shell pkg-config --libs $(LIBS) 2>/dev/null) -lcsv -lmilter -lm

CC	= gcc
WARN	= -Wall -Wextra -Wpedantic -Wshadow -Wstrict-prototypes -Wmissing-prototypes -Wformat=2 -Werror
HARDEN	= -fstack-protector-strong -fstack-clash-protection -fcf-protection -fPIE

SAN	= -fno-sanitize-recover=all -fno-omit-frame-pointer
FLAGS_plain	= -O2 -U_FORTIFY_SOURCE -D_FORTIFY_SOURCE=2 $(HARDEN)
FLAGS_san	= -O1 -fPIE -fsanitize=address,undefined $(SAN)
FLAGS_tsan	= -O1 -fPIE -fsanitize=thread -fno-omit-frame-pointer
FLAGS_cover	= -O0 -fPIE --coverage
FLAGS_analyze	= -O1 -fPIE -fanalyzer
FLAGS_fuzz	= -O1 -fPIE -fsanitize=fuzzer-no-link,address,undefined $(SAN)
# clang alone objects to what GLib's macros (g_autoptr, G_DEFINE_AUTOPTR_CLEANUP_FUNC) leave unused
WARN_fuzz	= -Wno-unused-function -Wno-unused-variable -Wno-gnu-zero-variadic-macro-arguments

CPPFLAGS = -D_GNU_SOURCE -Isrc $(PKG_CFLAGS) -MMD -MP
CFLAGS	= -std=c17 -g $(FLAGS_$(FLAVOUR)) $(WARN) $(WARN_$(FLAVOUR))
LDFLAGS	= -pie -Wl,-z,relro,-z,now,-z,noexecstack
ALL_LIBS = $(PKG_LIBS)

# --- what there is ---------------------------------------------------------------------------------------------------
SRCS	:= $(sort $(wildcard src/*/*.c))
MAIN	= src/prog/main.c
OBJS	= $(patsubst src/%.c,$(B)/obj/%.o,$(SRCS))
LIB_OBJS = $(filter-out $(B)/obj/prog/main.o,$(OBJS))
UNIT	:= $(sort $(wildcard tests/unit/*.c))
UNITS	= $(UNIT:tests/unit/%.c=$(B)/tests/unit/%)
# Preloaded under the program by the fault suite: it makes calls fail, kills, and cuts the power.
SHIM	= $(B)/tests/shim.so
FUZZ	:= $(sort $(wildcard tests/fuzz/*.c))
FUZZERS	= $(FUZZ:tests/fuzz/%.c=$(B)/tests/fuzz/%)
# The benchmarks' own programs: a load generator in several files, a filter that does nothing, and PEC envelopes.
BENCH_LOAD := $(sort $(wildcard contrib/bench/load*.c))
BENCHES	= $(B)/bench/load $(B)/bench/bare $(B)/bench/seal $(B)/bench/reading
SCRIPTS	:= $(sort $(wildcard tests/*.t))
E2E	:= $(sort $(wildcard tests/e2e/*.t))
MODELS	:= $(sort $(wildcard tests/model/*.t))
STYLED	= $(sort $(wildcard src/*/*.[ch] tests/unit/*.[ch] tests/fuzz/*.[ch] tests/faults/*.[ch] \
    contrib/bench/*.[ch]))
MANUALS	= $(wildcard src/prog/*.[1-8]) $(B)/man/rinnova.conf.5
COMPLETIONS = $(B)/completion.bash $(B)/completion.zsh

.PHONY: all units fuzzers benches check demo demo-sendmail san tsan fuzz cover lint measure bench gallery year faults score install deb deb-check clean FORCE
.DELETE_ON_ERROR:
.SUFFIXES:

all: $(B)/librinnova.a $(B)/rinnova $(B)/man/rinnova.conf.5
units: $(UNITS) $(SHIM)
fuzzers: $(FUZZERS)
benches: $(BENCHES)

# Rebuilds everything when the flags change, and the library when a source has gone.
$(B)/flags: FORCE
	@mkdir -p $(@D)
	@$(if $(HAVE),:,echo "libraries are missing: run contrib/deps build" >&2; exit 1)
	@printf '%s\n' '$(CC) $(CPPFLAGS) $(CFLAGS) $(LDFLAGS)' | cmp -s - $@ || \
	    printf '%s\n' '$(CC) $(CPPFLAGS) $(CFLAGS) $(LDFLAGS)' >$@
$(B)/objects: FORCE
	@mkdir -p $(@D)
	@printf '%s\n' '$(LIB_OBJS)' | cmp -s - $@ || printf '%s\n' '$(LIB_OBJS)' >$@

$(B)/obj/%.o: src/%.c $(B)/flags
	@mkdir -p $(@D)
	$(call SAY,CC)$(CC) $(CPPFLAGS) $(CFLAGS) -c -o $@ $<

$(B)/librinnova.a: $(LIB_OBJS) $(B)/objects
	@rm -f $@
	$(call SAY,AR)ar rcs $@ $(LIB_OBJS)

$(B)/rinnova: $(B)/obj/prog/main.o $(B)/librinnova.a
	$(call SAY,LD)$(CC) $(CFLAGS) $(LDFLAGS) -o $@ $^ $(ALL_LIBS)

# The keys of the configuration are described in the configuration.
$(B)/man/rinnova.conf.5: conf/rinnova.conf src/prog/rinnova.conf.5.in contrib/conf2mdoc
	@mkdir -p $(@D)
	$(call SAY,MAN)contrib/conf2mdoc conf/rinnova.conf src/prog/rinnova.conf.5.in >$@
$(B)/completion.%: $(B)/rinnova
	$(call SAY,SH)$(B)/rinnova completion $* >$@

$(B)/tests/unit/%: tests/unit/%.c $(B)/librinnova.a
	@mkdir -p $(@D)
	$(call SAY,CC)$(CC) $(CPPFLAGS) $(CFLAGS) $(LDFLAGS) -o $@ $< $(B)/librinnova.a $(ALL_LIBS)

# Calls of the C library are taken over: its headers' own checks of them, and their unions of socket addresses (no ISO C),
# would be in the way.
$(SHIM): $(wildcard tests/faults/*.[ch])
	@mkdir -p $(@D)
	$(call SAY,CC)$(CC) -std=c17 -g -O2 -U_FORTIFY_SOURCE -D_GNU_SOURCE -fPIC -shared $(WARN) -Wno-pedantic -o $@ $(filter %.c,$^)

$(B)/tests/fuzz/%: tests/fuzz/%.c $(B)/librinnova.a
	@mkdir -p $(@D)
	$(call SAY,CC)$(CC) $(CPPFLAGS) $(CFLAGS) -Wno-missing-prototypes -fsanitize=fuzzer $(LDFLAGS) -o $@ $< \
	    $(B)/librinnova.a $(ALL_LIBS)

$(B)/bench/load: $(BENCH_LOAD) contrib/bench/load.h $(B)/flags
	@mkdir -p $(@D)
	$(call SAY,CC)$(CC) $(filter-out -M%,$(CPPFLAGS)) $(CFLAGS) $(LDFLAGS) -o $@ $(BENCH_LOAD) $(PKG_LIBS)

$(B)/bench/bare: contrib/bench/bare.c $(B)/flags
	@mkdir -p $(@D)
	$(call SAY,CC)$(CC) $(CFLAGS) $(LDFLAGS) -o $@ $< -lmilter -lpthread

$(B)/bench/seal $(B)/bench/reading: $(B)/bench/%: contrib/bench/%.c $(B)/librinnova.a
	@mkdir -p $(@D)
	$(call SAY,CC)$(CC) $(CPPFLAGS) $(CFLAGS) $(LDFLAGS) -o $@ $< $(B)/librinnova.a $(ALL_LIBS)

# the files that the assembler takes in
$(B)/obj/mail/vocabulary_builtin.o: $(wildcard conf/language/*.conf)

-include $(OBJS:.o=.d) $(UNITS:=.d) $(FUZZERS:=.d)

# --- tests -----------------------------------------------------------------------------------------------------------
# Every test finds the program and the build folder by these; tests/run starts one test, binary or script.
TEST_ENV = RINNOVA=$(CURDIR)/$(B)/rinnova RINNOVA_BUILD=$(CURDIR)/$(B) RINNOVA_ROOT=$(CURDIR)
# Half of their time tests wait for other programs: so one more than there are cores.
PROVE	= prove -j$(shell expr $(JOBS) + 1) --timer --exec tests/run
# Only root can start a private Sendmail, so only for root is it fetched.
SENDMAIL := $(shell [ "$$(id -u)" -ne 0 ] || echo sendmail)
# Parallel even when nobody asked for it; a -j from outside goes before.
SUB	= +@$(MAKE) --no-print-directory $(if $(findstring jobserver,$(MAKEFLAGS)),,-j$(JOBS))

check:
	@contrib/deps build test $(SENDMAIL)
	$(SUB) all units benches
	@$(TEST_ENV) $(PROVE) $(UNITS) $(SCRIPTS) $(MODELS) $(E2E)

# DEMO=gate or DEMO=handover: the same with the milter before the queue.
demo:
	@contrib/deps build demo
	$(SUB) all
	@$(TEST_ENV) contrib/demo $(DEMO)
demo-sendmail:
	@contrib/deps build demo sendmail
	$(SUB) all
	@$(TEST_ENV) contrib/demo --sendmail $(DEMO)

san:
	@contrib/deps build test $(SENDMAIL)
	$(SUB) FLAVOUR=san all units benches san-run
tsan:
	@contrib/deps build test $(SENDMAIL)
	$(SUB) FLAVOUR=tsan all units benches tsan-run
cover:
	@contrib/deps build test $(SENDMAIL)
	@find build/cover -name '*.gcda' -delete 2>/dev/null || :
	$(SUB) FLAVOUR=cover all units benches cover-run

# The flavours' own runs; each is called by the target above with its FLAVOUR set.
.PHONY: san-run tsan-run cover-run fuzz-run analyze-run
san-run: all units benches
	@$(TEST_ENV) RINNOVA_SAN=1 RINNOVA_TEST_SECONDS=1200 G_SLICE=always-malloc \
	    ASAN_OPTIONS=detect_leaks=1:detect_stack_use_after_return=1:strict_string_checks=1 \
	    UBSAN_OPTIONS=print_stacktrace=1 $(PROVE) $(UNITS) $(E2E)
tsan-run: all units benches
	@rm -rf $(B)/reports; mkdir -p $(B)/reports
	@$(TEST_ENV) RINNOVA_SAN=thread RINNOVA_TEST_SECONDS=1200 G_SLICE=always-malloc \
	    TSAN_OPTIONS=exitcode=0:log_path=$(CURDIR)/$(B)/reports/tsan:suppressions=$(CURDIR)/tests/tsan.supp \
	    $(PROVE) $(UNITS) $(E2E); status=$$?; contrib/tsan $(B)/reports && exit $$status
cover-run: all units benches
	@$(TEST_ENV) $(PROVE) $(UNITS) $(E2E)
	@contrib/cover $(B)/obj

fuzz:
	@contrib/deps build lint
	$(SUB) FLAVOUR=fuzz CC=clang fuzzers
	+@$(MAKE) --no-print-directory FLAVOUR=fuzz CC=clang fuzz-run
# Two at a time; xargs stops at a status of 255, so the first finding ends the run.
fuzz-run: fuzzers
	@printf '%s\n' $(notdir $(FUZZERS)) | xargs -P 2 -I NAME contrib/fuzz $(B) NAME $(FUZZ_SECONDS)

# --- looking at the code ---------------------------------------------------------------------------------------------
lint:
	@contrib/deps build lint
	@echo "gcc -fanalyzer"
	$(SUB) FLAVOUR=analyze build/analyze/librinnova.a
	@echo "cppcheck"
	@cppcheck --quiet --std=c11 --language=c --enable=warning,performance,portability --library=gtk \
	    --inline-suppr --suppressions-list=contrib/lint/cppcheck --error-exitcode=1 -j $(JOBS) \
	    -D_GNU_SOURCE -Isrc src
	@echo "clang-tidy"
	@printf '%s\n' $(SRCS) | xargs -P $(JOBS) -n 4 sh -c \
	    'clang-tidy --quiet "$$@" -- -std=c17 -D_GNU_SOURCE -Isrc $(PKG_CFLAGS) 2>/dev/null' tidy
	@echo "clang-format"
	@contrib/lint/format $(STYLED)
	@$(MAKE) --no-print-directory $(B)/man/rinnova.conf.5
	@echo "mandoc"; mandoc -Tlint -Wwarning $(MANUALS)
	@echo "lint: clean"

measure:
	@contrib/measure

# Every figure, or BENCH="gate waiting" those; "soak" only when it is named.
bench:
	@contrib/deps build demo bench
	$(SUB) all benches
	@$(TEST_ENV) contrib/bench/run $(BENCH)
# Every letter as a browser shows it, in build/gallery; GALLERY="--only notice --lang it" for some.
gallery:
	@contrib/deps build gallery
	$(SUB) all
	@$(TEST_ENV) contrib/gallery $(GALLERY)
# 2,000 boxes and their random answers; YEAR="--seed N" plays one again.
year:
	@contrib/deps build test
	$(SUB) all
	@$(TEST_ENV) contrib/year $(YEAR)
# One story killed at every step, and ten thousand random histories with faults; FAULTS="--histories N --seed S" plays
# others, FAULTS=--planted the planted ones, which must be found.
FAULTS	?= --histories 10000
faults:
	@contrib/deps build test
	$(SUB) all $(SHIM)
	@$(TEST_ENV) RINNOVA_FAULTS=all tests/e2e/faults.t
	@$(TEST_ENV) contrib/faults $(FAULTS)
# Scores the reading of replies: over tests/replies, where nothing may be wrong, and over collections of real mail
# where that folder is present. SCORE=--verbose names what is wrong.
CORPUS	= ../shared/corpus
score:
	@contrib/deps build demo
	$(SUB) all
	@if [ -d $(CORPUS) ]; then for m in replies auto; do \
	    $(CORPUS)/../tools/reply-score $(SCORE) $(CORPUS)/$$m/manifest.tsv $(B)/rinnova explain --json || exit 1; done; \
	else echo "score: $(CORPUS) is not here, only tests/replies is scored"; fi
	@tests/lib/score.py $(SCORE) $(B)/rinnova
# A Debian package; deb-check also installs, upgrades and purges it in a Debian of its own.
deb:
	@contrib/deps build package
	@contrib/package
deb-check:
	@contrib/deps build package
	@contrib/package-check

# --- install ---------------------------------------------------------------------------------------------------------
install: all $(COMPLETIONS)
	install -d $(DESTDIR)$(BINDIR) $(DESTDIR)$(SYSCONFDIR)/rinnova
	install -m 755 $(B)/rinnova $(DESTDIR)$(BINDIR)/rinnova
	cd conf/language && find . -type f -exec install -D -m 644 {} $(DESTDIR)$(DATADIR)/rinnova/language/{} \;
	cd templates && find . -type f -exec install -D -m 644 {} $(DESTDIR)$(DATADIR)/rinnova/templates/{} \;
	test -e $(DESTDIR)$(SYSCONFDIR)/rinnova/rinnova.conf || \
	    { sed 's|^#templates = .*|templates = $(DATADIR)/rinnova/templates|' conf/rinnova.conf \
	        >$(DESTDIR)$(SYSCONFDIR)/rinnova/rinnova.conf && \
	    chmod 640 $(DESTDIR)$(SYSCONFDIR)/rinnova/rinnova.conf; }
	install -D -m 644 $(B)/completion.bash $(DESTDIR)$(DATADIR)/bash-completion/completions/rinnova
	install -D -m 644 $(B)/completion.zsh $(DESTDIR)$(ZSHDIR)/_rinnova
	for m in $(MANUALS); do \
	    install -D -m 644 $$m $(DESTDIR)$(DATADIR)/man/man$${m##*.}/$${m##*/} || exit 1; done
	for u in $(wildcard contrib/systemd/*.service contrib/systemd/*.socket contrib/systemd/*.timer); do \
	    install -D -m 644 $$u $(DESTDIR)$(UNITDIR)/$${u##*/} && \
	    sed -i 's|^ExecStart=/usr/local/bin/|ExecStart=$(BINDIR)/|' $(DESTDIR)$(UNITDIR)/$${u##*/} || exit 1; done

clean:
	rm -rf build
