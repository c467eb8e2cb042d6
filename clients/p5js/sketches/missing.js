// Served in p5's place where p5 is not installed: it says the one command.
document.addEventListener('DOMContentLoaded', function () { location.replace('/p5/'); });
if (document.readyState !== 'loading') location.replace('/p5/');
