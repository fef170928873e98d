"""The data of reports: from responses to released numbers and documents."""
