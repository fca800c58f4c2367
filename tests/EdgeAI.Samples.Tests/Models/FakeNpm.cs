using EdgeAI.Testing.Files;

namespace EdgeAI.Samples.Tests.Models;

/// <summary>A program that stands in for npm.</summary>
internal static class FakeNpm
{
    /// <summary>Writes a script for the system's shell.</summary>
    public static string Write(TemporaryDirectory directory, string unix, string windows)
    {
        if (OperatingSystem.IsWindows())
        {
            var command = directory.Combine("npm.cmd");
            File.WriteAllText(command, $"@echo off\r\n{windows}\r\n");
            return command;
        }

        var script = directory.Combine("npm");
        File.WriteAllText(script, $"#!/bin/sh\n{unix}\n");
        File.SetUnixFileMode(script, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        return script;
    }
}
