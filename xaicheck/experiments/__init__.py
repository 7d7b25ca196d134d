"""What comes with the program, computed: numbers and files, no words and no pictures."""
