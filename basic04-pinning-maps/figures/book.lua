-- SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
-- For pandoc: what book.css needs to break code well.

-- Each line of a block is an element, so that one that is too long can continue farther in.
function CodeBlock(block)
	local lines = {}
	for line in (block.text:gsub("\n+$", "") .. "\n"):gmatch("(.-)\n") do
		line = line:gsub("&", "&amp;"):gsub("<", "&lt;"):gsub(">", "&gt;")
		table.insert(lines, '<span class="line">' .. line .. "</span>")
	end
	return pandoc.RawBlock("html", string.format('<pre class="%s"><code>%s</code></pre>',
		block.classes[1] or "", table.concat(lines, "\n")))
end

-- Code in a sentence is not broken, if it is not long.
function Code(code)
	if #code.text <= 36 then
		code.classes:insert("short")
	end
	return code
end
