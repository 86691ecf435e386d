"""Mail programs as their users have them, on a Maildir: neomutt and mblaze answer a letter, Dovecot's IMAP server says what it is made of."""
import os, pathlib, pty, re, select, subprocess, tempfile, time

EDITOR = """#!/usr/bin/python3
import re, sys
text = open(sys.argv[1], encoding="utf-8").read()
head, gap, body = text.partition("\\n\\n") if re.match("[A-Za-z-]+:", text) else ("", "", text)
open(sys.argv[1], "w", encoding="utf-8").write(head + gap + "{typed}\\n\\n" + body)
"""


class Desk:
    """A folder with one letter in a Maildir, an editor that types, and a sendmail that keeps."""

    def __init__(self, raw, address, typed):
        self.dir = pathlib.Path(tempfile.mkdtemp(prefix="readers-"))
        self.dir.chmod(0o755)
        for f in ("cur", "new", "tmp"):
            (self.dir / "Mail" / f).mkdir(parents=True)
        self.mail = self.dir / "Mail" / "cur" / "1.x.host:2,"
        self.mail.write_bytes(raw)
        self.address, self.sent = address, self.dir / "sent"
        self._script("editor", EDITOR.replace("{typed}", typed))
        self._script("sendmail", "#!/bin/sh\ncat >%s.new && mv %s.new %s\n" % (self.sent, self.sent, self.sent))

    def _script(self, name, text):
        (self.dir / name).write_text(text, "utf-8")
        (self.dir / name).chmod(0o755)

    def _on_terminal(self, args, feed=b"", **env):
        """Runs ARGS on a terminal until a mail was sent; FEED is typed again and again."""
        pid, fd = pty.fork()
        if pid == 0:
            os.environ.update(TERM="xterm", HOME=str(self.dir), LC_ALL="C.UTF-8", EDITOR=str(self.dir / "editor"), VISUAL=str(self.dir / "editor"), **env)
            os.chdir(self.dir)
            os.execvp(args[0], args)
        end, out = time.monotonic() + 30, b""
        while time.monotonic() < end and not self.sent.exists():
            if select.select([fd], [], [], 0.2)[0]:
                try:
                    out += os.read(fd, 65536)
                except OSError:
                    break
            elif feed:
                os.write(fd, feed)
        try:
            os.kill(pid, 9)
        except ProcessLookupError:
            pass
        os.waitpid(pid, 0)
        os.close(fd)
        return self.sent.read_bytes() if self.sent.exists() else b"nothing sent: " + out[-500:]

    def neomutt(self):
        rc = self.dir / "muttrc"
        rc.write_text("set folder={d} spoolfile={d}/Mail sendmail={d}/sendmail editor={d}/editor\nset from=\"{a}\" use_from=yes envelope_from=no\n"
                      "set fast_reply=yes include=yes autoedit=yes abort_unmodified=no reply_to=yes record=\"\" quit=yes move=no crypt_use_gpgme=no sendmail_wait=0\n"
                      .format(d=self.dir, a=self.address))
        return self._on_terminal(["neomutt", "-n", "-F", str(rc), "-e", "push '<reply><send-message>'"])

    def mblaze(self):
        profile = self.dir / ".mblaze"
        profile.mkdir()
        (profile / "profile").write_text("Local-Mailbox: <%s>\nSendmail: %s/sendmail\nSendmail-Args:\n" % (self.address, self.dir))
        (profile / "seq").write_text("%s\n" % self.mail)
        return self._on_terminal(["mrep", "1"], feed=b"s\n", MBLAZE=str(profile))

    def mshow(self):
        return subprocess.run(["mshow", str(self.mail)], stdout=subprocess.PIPE, check=True, env=dict(os.environ, LC_ALL="C.UTF-8")).stdout.decode()

    def bodystructure(self, user="nobody"):
        """By Dovecot's imap, which is started as after a login."""
        conf = self.dir / "dovecot.conf"
        conf.write_text("mail_location = maildir:{0}/Mail\nssl = no\nmail_uid = {1}\nmail_gid = nogroup\nlog_path = /dev/null\n".format(self.dir, user))
        subprocess.run(["chown", "-R", user, str(self.dir / "Mail")], check=True)
        p = subprocess.run(["/usr/lib/dovecot/imap", "-c", str(conf)], input=b"a SELECT INBOX\r\nb FETCH 1 (BODYSTRUCTURE)\r\nc LOGOUT\r\n", stdout=subprocess.PIPE,
                           stderr=subprocess.STDOUT, env={"USER": user, "HOME": str(self.dir), "PATH": os.environ["PATH"]})
        return (re.findall(r"BODYSTRUCTURE (.*)\)", p.stdout.decode()) or [p.stdout.decode()])[0]
