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
FUZZ_SECONDS ?= 30
JOBS	:= $(shell nproc 2>/dev/null || echo 2)

B	= $(if $(filter plain,$(FLAVOUR)),build,build/$(FLAVOUR))

# One word a file; V=1 shows the commands.
SAY	= $(if $(V),,@echo "  $(1)	$@";)

# --- flags -----------------------------------------------------------------------------------------------------------
LIBS	= glib-2.0 gobject-2.0 gmime-3.0 libcurl sqlite3 libcrypto libssl libxml-2.0 jansson libpsl libidn2
HAVE	:= $(shell pkg-config --exists $(LIBS) 2>/dev/null && echo yes)
PKG_CFLAGS := $(shell pkg-config --cflags $(LIBS) 2>/dev/null)
PKG_LIBS := $(shell pkg-config --libs $(LIBS) 2>/dev/null) -lcsv

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
FUZZ	:= $(sort $(wildcard tests/fuzz/*.c))
FUZZERS	= $(FUZZ:tests/fuzz/%.c=$(B)/tests/fuzz/%)
SCRIPTS	:= $(sort $(wildcard tests/*.t))
E2E	:= $(sort $(wildcard tests/e2e/*.t))
STYLED	= $(sort $(wildcard src/*/*.[ch] tests/unit/*.[ch] tests/fuzz/*.[ch]))
MANUALS	= $(wildcard src/prog/*.[1-8])

.PHONY: all units fuzzers check demo san tsan fuzz cover lint measure bench year score install deb clean FORCE
.DELETE_ON_ERROR:
.SUFFIXES:

all: $(B)/librinnova.a $(B)/rinnova
units: $(UNITS)
fuzzers: $(FUZZERS)

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

$(B)/tests/unit/%: tests/unit/%.c $(B)/librinnova.a
	@mkdir -p $(@D)
	$(call SAY,CC)$(CC) $(CPPFLAGS) $(CFLAGS) $(LDFLAGS) -o $@ $< $(B)/librinnova.a $(ALL_LIBS)

$(B)/tests/fuzz/%: tests/fuzz/%.c $(B)/librinnova.a
	@mkdir -p $(@D)
	$(call SAY,CC)$(CC) $(CPPFLAGS) $(CFLAGS) -Wno-missing-prototypes -fsanitize=fuzzer $(LDFLAGS) -o $@ $< \
	    $(B)/librinnova.a $(ALL_LIBS)

-include $(OBJS:.o=.d) $(UNITS:=.d) $(FUZZERS:=.d)

# --- tests -----------------------------------------------------------------------------------------------------------
# Every test finds the program and the build folder by these; tests/run starts one test, binary or script.
TEST_ENV = RINNOVA=$(CURDIR)/$(B)/rinnova RINNOVA_BUILD=$(CURDIR)/$(B) RINNOVA_ROOT=$(CURDIR)
PROVE	= prove -j$(JOBS) --timer --exec tests/run
# Parallel even when nobody asked for it; a -j from outside goes before.
SUB	= +@$(MAKE) --no-print-directory $(if $(findstring jobserver,$(MAKEFLAGS)),,-j$(JOBS))

check:
	@contrib/deps build test
	$(SUB) all units
	@$(TEST_ENV) $(PROVE) $(UNITS) $(SCRIPTS) $(E2E)

demo:
	@contrib/deps build demo
	$(SUB) all
	@$(TEST_ENV) contrib/demo

san:
	@contrib/deps build test
	$(SUB) FLAVOUR=san all units san-run
tsan:
	@contrib/deps build test
	$(SUB) FLAVOUR=tsan all units tsan-run
cover:
	@contrib/deps build test
	@find build/cover -name '*.gcda' -delete 2>/dev/null || :
	$(SUB) FLAVOUR=cover all units cover-run

# The flavours' own runs; each is called by the target above with its FLAVOUR set.
.PHONY: san-run tsan-run cover-run fuzz-run analyze-run
san-run: all units
	@$(TEST_ENV) RINNOVA_SAN=1 G_SLICE=always-malloc \
	    ASAN_OPTIONS=detect_leaks=1:detect_stack_use_after_return=1:strict_string_checks=1 \
	    UBSAN_OPTIONS=print_stacktrace=1 $(PROVE) $(UNITS) $(E2E)
tsan-run: all units
	@$(TEST_ENV) RINNOVA_SAN=thread G_SLICE=always-malloc TSAN_OPTIONS=suppressions=$(CURDIR)/tests/tsan.supp \
	    $(PROVE) $(UNITS) $(E2E)
cover-run: all units
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
	@$(if $(MANUALS),echo "mandoc"; mandoc -Tlint -Wwarning $(MANUALS))
	@echo "lint: clean"

measure:
	@contrib/measure

bench:
	@contrib/deps build demo
	$(SUB) all
	@$(TEST_ENV) contrib/bench
# 2,000 boxes and their random answers; YEAR="--seed N" plays one again.
year:
	@contrib/deps build test
	$(SUB) all
	@$(TEST_ENV) contrib/year $(YEAR)
# Scores the reading of replies over real mail, where that folder is present.
CORPUS	= ../shared/corpus
score:
	@contrib/deps build demo
	$(SUB) all
	@if [ -d $(CORPUS) ]; then for m in replies auto; do \
	    $(CORPUS)/../tools/reply-score $(CORPUS)/$$m/manifest.tsv $(B)/rinnova explain --json || exit 1; done; \
	else echo "score: $(CORPUS) is not here: nothing to score"; fi
deb:
	@echo "deb: no package yet; use make install"

# --- install ---------------------------------------------------------------------------------------------------------
install: all
	install -d $(DESTDIR)$(BINDIR) $(DESTDIR)$(SYSCONFDIR)/rinnova
	install -m 755 $(B)/rinnova $(DESTDIR)$(BINDIR)/rinnova
	cd templates && find . -type f -exec install -D -m 644 {} $(DESTDIR)$(DATADIR)/rinnova/templates/{} \;
	test -e $(DESTDIR)$(SYSCONFDIR)/rinnova/rinnova.conf || \
	    { sed 's|^#templates = .*|templates = $(DATADIR)/rinnova/templates|' conf/rinnova.conf \
	        >$(DESTDIR)$(SYSCONFDIR)/rinnova/rinnova.conf && \
	    chmod 640 $(DESTDIR)$(SYSCONFDIR)/rinnova/rinnova.conf; }
	for m in $(MANUALS); do \
	    install -D -m 644 $$m $(DESTDIR)$(DATADIR)/man/man$${m##*.}/$${m##*/} || exit 1; done
	for u in $(wildcard contrib/systemd/*.service contrib/systemd/*.socket contrib/systemd/*.timer); do \
	    install -D -m 644 $$u $(DESTDIR)$(UNITDIR)/$${u##*/} && \
	    sed -i 's|^ExecStart=/usr/local/bin/|ExecStart=$(BINDIR)/|' $(DESTDIR)$(UNITDIR)/$${u##*/} || exit 1; done

clean:
	rm -rf build
