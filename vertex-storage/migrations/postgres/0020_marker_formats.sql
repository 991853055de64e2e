-- Which marker files a company's contents get, and which a content has: those of one viewer or of both.
ALTER TABLE companies ADD COLUMN marker_formats TEXT NOT NULL DEFAULT 'mind,nft'
    CHECK (marker_formats IN ('mind', 'nft', 'mind,nft'));
ALTER TABLE contents ADD COLUMN marker_formats TEXT NOT NULL DEFAULT 'mind'
    CHECK (marker_formats IN ('mind', 'nft', 'mind,nft'));
