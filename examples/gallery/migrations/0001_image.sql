-- One row for each image that the gallery shows.
--
-- AUTOINCREMENT: an id is never given twice, so an old link to a deleted image can
-- only say "not found" and never shows somebody else's picture.
CREATE TABLE image (
    id            INTEGER PRIMARY KEY AUTOINCREMENT,
    -- The name that `Store::save` returned. Never the name that was asked for.
    file          TEXT    NOT NULL UNIQUE,
    -- What the visitor's computer called the file. Shown, never used as a path.
    original_name TEXT    NOT NULL,
    -- Sniffed from the first bytes. Never what the visitor's browser claimed.
    content_type  TEXT    NOT NULL,
    size          INTEGER NOT NULL CHECK (size >= 0),
    -- RFC 3339, in UTC.
    uploaded_at   TEXT    NOT NULL
) STRICT;
