-- A second mail server's view of the milter: miltertest of OpenDKIM. Run by tests/e2e/miltertest.t with -D socket=unix:PATH.
local function must(what, ok)
	if not ok then
		mt.echo("failed: " .. what)
		error(what)
	end
end

local function begin(rcpt)
	mt.macro(conn, SMFIC_MAIL, "i", "4QxT1z")
	must("MAIL", mt.mailfrom(conn, "<maria.rossi@posta.example>") == nil)
	must("RCPT", mt.rcptto(conn, rcpt) == nil)
	must("DATA", mt.data(conn) == nil)
end

conn = mt.connect(socket, 40, 0.25)
must("connect", conn ~= nil)
must("HELO", mt.helo(conn, "client.example") == nil)

-- somebody else's
begin("<b@altrove.example>")
must("foreign mail is accepted at DATA", mt.getreply(conn) == SMFIR_ACCEPT)

-- ours
begin("<rinnovo@ordine.example>")
must("ours goes on at DATA", mt.getreply(conn) == SMFIR_CONTINUE)
must("header", mt.header(conn, "X-Rinnova-Session", "forged") == nil)
must("header", mt.header(conn, "Subject", "RINNOVA") == nil)
must("EOH", mt.eoh(conn) == nil and mt.getreply(conn) == SMFIR_CONTINUE)
must("body", mt.bodystring(conn, "RINNOVA\r\n") == nil and mt.getreply(conn) == SMFIR_CONTINUE)
must("EOM", mt.eom(conn) == nil and mt.getreply(conn) == SMFIR_CONTINUE)
must("the forged field goes", mt.eom_check(conn, MT_HDRDELETE, "X-Rinnova-Session"))
must("a record comes", mt.eom_check(conn, MT_HDRADD, "X-Rinnova-Session"))
must("no recipient is touched", not mt.eom_check(conn, MT_RCPTDELETE, "<rinnovo@ordine.example>"))

-- a forged code
begin("<rinnovo+0000000000000000000000000000000000000000@ordine.example>")
must("a forged code is read", mt.getreply(conn) == SMFIR_CONTINUE)
must("EOH", mt.eoh(conn) == nil)
must("and refused", mt.getreply(conn) == SMFIR_REPLYCODE)

mt.disconnect(conn)
