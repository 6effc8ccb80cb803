ALTER TABLE sessions RENAME TO sessions_elsewhere
