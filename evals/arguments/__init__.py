"""Whether arguments are found in public sets, the tool being given.

`sets` are what is asked, `filling` asks it and counts, `table` shows the counts.
"""
