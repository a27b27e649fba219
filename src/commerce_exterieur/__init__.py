"""From French customs lines to factsheets of territories: the program."""
