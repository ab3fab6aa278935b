"""What a change means: two catalogs, or two versions of a record, told apart in words."""
