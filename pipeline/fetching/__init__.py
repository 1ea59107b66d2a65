"""Videos and comments from their sites, through yt-dlp; an optional extra."""
